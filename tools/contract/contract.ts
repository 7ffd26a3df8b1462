import { basename, dirname, join, resolve } from "node:path";
import { type Config, parseConfig } from "../oapi_codegen/config/config.ts";
import { GenerationError } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { diskFolder, type DocumentFolder } from "../oapi_codegen/document/sources/document_folder.ts";
import { type Arguments, USAGE } from "./arguments.ts";
import { compareVersions, type ContractReport, unannounced } from "./compare_versions.ts";
import { type ContractException, EXCEPTIONS_FILE, parseExceptions } from "./contract_exceptions.ts";
import { type ContractVersion, readVersion } from "./contract_version.ts";
import { adviceFor, formatReport } from "./format_report.ts";
import { isRevision, lastTag, revisionFolder } from "./git.ts";

/** Folder of the documents that clients rely on. */
const FOLDER = "oapi";

/** Comparison of a project's documents. */
export interface ContractOutcome {
  readonly reports: readonly ContractReport[];
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1 | 2;
}

/** Compares the documents of a project with a revision or a file, by default with the last tag. */
export async function contract(root: string, options: Arguments): Promise<ContractOutcome> {
  const against = options.against ?? await lastTag(root);
  if (against === undefined) {
    const lines = ["Contract: no git tag to compare the documents with"];
    return { reports: [], lines: options.check ? [] : lines, exitCode: 0 };
  }
  const exceptions = await readExceptions(root);
  const isGit = await isRevision(root, against);
  if (!isGit && options.against !== undefined && await exists(resolve(against))) {
    return await compareWithFile(root, { ...options, against, exceptions, isLastTag: false });
  }
  if (!isGit) return { reports: [], lines: [`There is no file or revision ${against}`], exitCode: 2 };
  const isLastTag = options.against === undefined;
  return await compareWithRevision(root, { ...options, against, exceptions, isLastTag });
}

type Comparison = Arguments & {
  readonly against: string;
  readonly exceptions: readonly ContractException[];
  /** Whether the revision is the last tag, to which the exceptions belong. */
  readonly isLastTag: boolean;
};

async function compareWithFile(root: string, options: Comparison): Promise<ContractOutcome> {
  const { against, exceptions } = options;
  const path = options.document === undefined
    ? (await documentsIn(diskFolder(join(root, FOLDER)))).map(({ spec }) => join(root, FOLDER, spec))
      .find((document) => basename(document) === basename(against))
    : resolve(options.document);
  if (path === undefined) {
    const lines = [`No document has the name ${basename(against)}; name the one to compare`, USAGE];
    return { reports: [], lines, exitCode: 2 };
  }
  const read = (document: string): Promise<ContractVersion | undefined> =>
    readVersion(document, { folder: diskFolder(dirname(document), root) });
  const versions = { before: await read(resolve(against)), after: await read(path) };
  return conclude(
    [compareVersions({ document: path, against, ...versions, exceptions, today: today() })],
    options,
  );
}

async function compareWithRevision(root: string, options: Comparison): Promise<ContractOutcome> {
  const { against, exceptions } = options;
  const open = (folder: string): DocumentFolder => revisionFolder(folder, { root, revision: against });
  const folder = join(root, FOLDER);
  const now = await documentsIn(diskFolder(folder));
  const old = await documentsIn(open(folder));
  const earlier = (document: Document): Document | undefined =>
    old.find(({ cfg }) => cfg === document.cfg) ?? old.find(({ spec }) => spec === document.spec);
  const removed = old.filter((document) => !now.some((other) => earlier(other) === document));
  const reports: ContractReport[] = [];
  const unreadable: string[] = [];
  for (const document of [...now, ...removed]) {
    const [before, after] = [earlier(document), now.includes(document) ? document : undefined];
    const current = after &&
      await readFrom(folder, { document: after, open: (below) => diskFolder(below, root) });
    try {
      reports.push(compareVersions({
        ...{ document: `${FOLDER}/${document.spec}`, against, exceptions, today: today() },
        before: before && await readFrom(folder, { document: before, open }),
        after: current,
      }));
    } catch (error) {
      if (!(error instanceof GenerationError)) throw error;
      unreadable.push(
        `${FOLDER}/${document.spec}: the version of ${against} cannot be read: ${error.message}`,
      );
    }
  }
  const { lines, exitCode } = conclude(reports, options);
  // An earlier version cannot be corrected.
  const isFailed = unreadable.length > 0 && !options.check;
  return { reports, lines: [...unreadable, ...lines], exitCode: isFailed ? 2 : exitCode };
}

/** Document of a configuration. */
type Document = Config & { readonly cfg: string };

/** Returns the documents of all `cfg.server.<name>.yaml` of a folder. */
async function documentsIn(folder: DocumentFolder): Promise<readonly Document[]> {
  const names = (await folder.list()).filter((name) => /^cfg\.server\.[\w-]+\.yaml$/.test(name)).sort();
  return await Promise.all(
    names.map(async (cfg) => ({ cfg, ...parseConfig(await folder.read(cfg) ?? "", `${FOLDER}/${cfg}`) })),
  );
}

function readFrom(
  folder: string,
  { document, open }: { readonly document: Document; readonly open: (folder: string) => DocumentFolder },
): Promise<ContractVersion | undefined> {
  const path = join(folder, document.spec);
  return readVersion(path, {
    folder: open(dirname(path)),
    config: document,
    readOverlay: (overlay) => open(dirname(join(folder, overlay))).read(basename(overlay)),
  });
}

async function readExceptions(root: string): Promise<readonly ContractException[]> {
  const text = await diskFolder(join(root, FOLDER)).read(EXCEPTIONS_FILE);
  return text === undefined ? [] : parseExceptions(text, `${FOLDER}/${EXCEPTIONS_FILE}`);
}

function conclude(reports: readonly ContractReport[], options: Comparison): ContractOutcome {
  const failed = reports.filter((report) => unannounced(report).length > 0);
  const shown = options.check ? failed : reports;
  const lines = shown.flatMap((report, index) => [
    ...index === 0 ? [] : [""],
    ...formatReport(report, options.check ? ["breaking"] : ["breaking", "risky", "safe"]),
  ]);
  const used = new Set(reports.flatMap((report) => report.used));
  for (const entry of options.isLastTag ? options.exceptions : []) {
    if (used.has(entry)) continue;
    lines.push(
      `${entry.place}: warning: the entry matches no breaking change since ${options.against}; remove it`,
    );
  }
  lines.push(...failed.slice(0, 1).flatMap(adviceFor));
  return { reports, lines, exitCode: failed.length > 0 ? 1 : 0 };
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
