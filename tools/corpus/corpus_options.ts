/** Options of `deno task corpus`. */
export interface CorpusOptions {
  /** Undefined if documents are generated. */
  readonly folder: string | undefined;
  /** Numbers of operations of documents that are generated; none if there is a folder. */
  readonly synthetic: readonly number[];
  /** Part of the names of the documents to examine; all if undefined. */
  readonly only: string | undefined;
  /** File for the reports as JSON. */
  readonly json: string | undefined;
  /** Whether the generated code is type-checked. */
  readonly check: boolean;
  /** Whether the generated routes are served and requested. */
  readonly boot: boolean;
  /** Whether the only document is served until the task is interrupted, and not examined. */
  readonly serve: boolean;
}

/** Arguments that cannot be used; the message is for the user. */
export class CorpusOptionsError extends Error {
  override readonly name = "CorpusOptionsError";
}

const FLAGS: ReadonlySet<string> = new Set(["--no-check", "--no-boot", "--serve"]);
const USAGE =
  "Usage: deno task corpus <folder> [--only <name>] [--json <file>] [--no-check] [--no-boot] [--serve]; " +
  "or --synthetic <operations>[,<operations>…] in place of the folder";

/**
 * Parses the arguments of `deno task corpus`.
 *
 * @throws {CorpusOptionsError} if an option is unknown or the folder is missing
 */
export function parseCorpusOptions(args: readonly string[]): CorpusOptions {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const folders: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--only" || arg === "--json" || arg === "--synthetic") {
      const value = args[++index];
      if (value === undefined) throw new CorpusOptionsError(`${arg} needs a value. ${USAGE}`);
      values.set(arg, value);
    } else if (FLAGS.has(arg)) flags.add(arg);
    else if (arg.startsWith("-")) throw new CorpusOptionsError(`Unknown option ${arg}. ${USAGE}`);
    else folders.push(arg);
  }
  const [folder] = folders;
  const synthetic = (values.get("--synthetic")?.split(",") ?? []).map(Number);
  if (synthetic.some((count) => !Number.isSafeInteger(count) || count < 1)) {
    throw new CorpusOptionsError(`--synthetic needs numbers of operations. ${USAGE}`);
  }
  if (folders.length > 1 || (folder === undefined) !== synthetic.length > 0) {
    throw new CorpusOptionsError(`Expected one folder of OpenAPI documents. ${USAGE}`);
  }
  return {
    folder,
    synthetic,
    only: values.get("--only"),
    json: values.get("--json"),
    check: !flags.has("--no-check"),
    boot: !flags.has("--no-boot"),
    serve: flags.has("--serve"),
  };
}
