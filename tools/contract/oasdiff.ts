import { dirname, join, relative } from "node:path";
import { GenerationError } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { diskFolder } from "../oapi_codegen/document/sources/document_folder.ts";
import { compareDocuments } from "./compare_documents.ts";
import { type ContractVersion, readVersion } from "./contract_version.ts";

/** Two documents of a folder. */
interface Documents {
  readonly before: string;
  readonly after: string;
}

/** Our verdict about a pair of documents. */
interface Verdict {
  /** Messages of our breaking changes, or why a document cannot be read. */
  readonly ours: readonly string[];
  readonly readable: boolean;
}

/**
 * Returns pairs of documents, in both directions: of oasdiff's tests, which name two documents in a function, and of
 * documents whose names differ in a number or in base and revision.
 */
async function documentPairs(root: string): Promise<readonly Documents[]> {
  const pairs = new Map<string, Documents>();
  const add = (before: string, after: string): void => {
    for (const pair of [{ before, after }, { before: after, after: before }]) {
      if (before !== after) pairs.set(`${pair.before} -> ${pair.after}`, pair);
    }
  };
  const families = new Map<string, string[]>();
  for await (const path of filesBelow(root)) {
    if (path.endsWith("_test.go")) {
      for (const body of (await Deno.readTextFile(path)).split(/^func /m)) {
        const names = body.matchAll(/"(\.\.\/data\/[\w./-]+\.(?:ya?ml|json))"/g);
        const [first, second, ...others] = new Set([...names].map(([, name = ""]) => join(path, "..", name)));
        if (first !== undefined && second !== undefined && others.length === 0) add(first, second);
      }
    } else if (/\/data\/.*\.(ya?ml|json)$/.test(path)) {
      const family = path.replace(/(base|revision|modified)(_?\w*)?(?=\.)|(?<=[a-z_-])\d+(?=\.)/g, "*");
      families.set(family, [...families.get(family) ?? [], path]);
    }
  }
  for (const paths of families.values()) {
    for (const before of paths) for (const after of paths) add(before, after);
  }
  return [...pairs.values()];
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

/** Whether a file exists, and says that it is an OpenAPI document. */
async function isDocument(path: string): Promise<boolean> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return /^\s*"?openapi"?\s*:/m.test(text);
}

/** Finding of oasdiff. */
interface Theirs {
  readonly rule: string;
  readonly isError: boolean;
}

/** Returns oasdiff's errors and warnings; undefined if it rejects a document. */
async function theirVerdict(
  binary: string,
  { before, after }: Documents,
): Promise<readonly Theirs[] | undefined> {
  const { stdout, code } = await new Deno.Command(binary, {
    args: ["changelog", "--level", "WARN", "--format", "json", before, after],
    stderr: "null",
  }).output();
  if (code !== 0) return undefined;
  const text = new TextDecoder().decode(stdout).trim();
  const parsed: unknown = text === "" ? [] : JSON.parse(text);
  const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
  return list.map((item) => ({
    rule: typeof item === "object" && item !== null && "id" in item ? String(item.id) : "",
    isError: typeof item === "object" && item !== null && "level" in item && item.level === 3,
  }));
}

function read(path: string): Promise<ContractVersion | undefined> {
  return readVersion(path, { folder: diskFolder(dirname(path)) });
}

async function ourVerdict(documents: Documents): Promise<Verdict> {
  try {
    const [before, after] = [await read(documents.before), await read(documents.after)];
    if (before === undefined || after === undefined) return { ours: ["no such file"], readable: false };
    const today = new Date().toISOString().slice(0, 10);
    const changes = compareDocuments({ before: before.document, after: after.document, today });
    const breaking = changes.filter(({ level }) => level === "breaking");
    return { ours: breaking.map(({ message }) => message), readable: true };
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    return { ours: error.message.split("\n"), readable: false };
  }
}

/** Compares our verdicts with oasdiff's, and prints the pairs on which they differ. */
async function agree(binary: string, root: string): Promise<void> {
  const lines: string[] = [];
  let [total, same, warned, sameWarned] = [0, 0, 0, 0];
  for (const documents of await documentPairs(root)) {
    if (!await isDocument(documents.before) || !await isDocument(documents.after)) continue;
    const theirs = await theirVerdict(binary, documents);
    if (theirs === undefined) continue;
    const { ours, readable } = await ourVerdict(documents);
    const errors = theirs.filter(({ isError }) => isError);
    const agrees = readable && (ours.length > 0) === (errors.length > 0);
    const isUndecided = errors.length === 0 && theirs.length > 0;
    total++;
    if (agrees) same++;
    if (isUndecided) warned++;
    if (isUndecided && agrees) sameWarned++;
    if (agrees) continue;
    const names = [documents.before, documents.after].map((path) => relative(root, path));
    const rules = (errors.length > 0 ? errors : theirs).map(({ rule }) => rule);
    lines.push(
      `${names.join(" -> ")}`,
      `  ours: ${readable ? "" : "unreadable: "}${[...new Set(ours)].slice(0, 3).join("; ") || "-"}`,
      `  oasdiff${isUndecided ? " (warnings)" : ""}: ${[...new Set(rules)].slice(0, 4).join(", ") || "-"}`,
    );
  }
  const share = (part: number, of: number): string =>
    `${part} of ${of} pairs (${(100 * part / of).toFixed(1)} %)`;
  lines.push(
    `Same verdict: ${share(same, total)}`,
    `Same verdict where oasdiff does not only warn: ${share(same - sameWarned, total - warned)}`,
  );
  await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

if (import.meta.main) {
  const [binary, root] = Deno.args;
  if (binary === undefined || root === undefined) {
    await Deno.stderr.write(
      new TextEncoder().encode("usage: deno task contract:oasdiff <binary> <folder>\n"),
    );
    Deno.exit(2);
  }
  await agree(binary, root);
}
