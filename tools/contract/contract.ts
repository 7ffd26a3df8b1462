import { basename, dirname, join, resolve } from "node:path";
import { parseConfig } from "../oapi_codegen/config.ts";
import { diskFolder, type DocumentFolder } from "../oapi_codegen/document/document_folder.ts";
import { type Arguments, USAGE } from "./arguments.ts";
import { compareVersions, type ContractReport, unannounced } from "./compare_versions.ts";
import { type ContractException, EXCEPTIONS_FILE, parseExceptions } from "./contract_exceptions.ts";
import { readVersion } from "./contract_version.ts";
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
    return await compareWithFile(root, { ...options, against, exceptions });
  }
  if (!isGit) return { reports: [], lines: [`There is no file or revision ${against}`], exitCode: 2 };
  return await compareWithRevision(root, { ...options, against, exceptions });
}

type Comparison = Arguments & { readonly against: string; readonly exceptions: readonly ContractException[] };

async function compareWithFile(root: string, options: Comparison): Promise<ContractOutcome> {
  const { against, exceptions } = options;
  const documents = options.document === undefined
    ? [...await documentsIn(diskFolder(join(root, FOLDER)))].filter((name) =>
      basename(name) === basename(against)
    )
      .map((name) => join(root, FOLDER, name))
    : [resolve(options.document)];
  const [path] = documents;
  if (path === undefined) {
    const lines = [`No document has the name ${basename(against)}; name the one to compare`, USAGE];
    return { reports: [], lines, exitCode: 2 };
  }
  const before = await readVersion(resolve(against), diskFolder(dirname(resolve(against))));
  const after = await readVersion(path, diskFolder(dirname(path)));
  return conclude(
    [compareVersions({ document: path, against, before, after, exceptions, today: today() })],
    options,
  );
}

async function compareWithRevision(root: string, options: Comparison): Promise<ContractOutcome> {
  const { against, exceptions } = options;
  const folder = join(root, FOLDER);
  const old = revisionFolder(folder, { root, revision: against });
  const now = diskFolder(folder);
  const reports: ContractReport[] = [];
  for (const name of new Set([...await documentsIn(now), ...await documentsIn(old)])) {
    const path = join(folder, name);
    const below = dirname(path);
    reports.push(compareVersions({
      document: `${FOLDER}/${name}`,
      against,
      before: await readVersion(path, revisionFolder(below, { root, revision: against })),
      after: await readVersion(path, diskFolder(below)),
      exceptions,
      today: today(),
    }));
  }
  return conclude(reports, options);
}

/** Returns the paths of the documents of all `cfg.server.<name>.yaml` of a folder, relative to it. */
async function documentsIn(folder: DocumentFolder): Promise<ReadonlySet<string>> {
  const names = (await folder.list()).filter((name) => /^cfg\.server\.[\w-]+\.yaml$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => folder.read(name)));
  return new Set(texts.map((text, index) => parseConfig(text ?? "", names[index] ?? "").spec));
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
  // With a file alone, the entries of other documents are not looked at.
  for (const entry of options.against === undefined || options.check ? options.exceptions : []) {
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
