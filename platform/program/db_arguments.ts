import { parseArgs } from "node:util";

/** Parsed arguments of the command `db`. */
export type DbArguments =
  | {
    readonly action: "copy";
    /** URL of `--to`; COPY_TO_URL applies if undefined. */
    readonly to: string | undefined;
  }
  | { readonly action: "status"; readonly json: boolean };

/** Invalid arguments. The message repeats no value. */
export class DbArgumentsError extends Error {
  override readonly name = "DbArgumentsError";
}

const OPTIONS = { to: { type: "string" }, json: { type: "boolean" } } as const;

/**
 * Parses the arguments of the command `db`.
 *
 * @throws {DbArgumentsError}
 */
export function parseDbArguments(args: readonly string[]): DbArguments {
  // Not strict: parseArgs would repeat a misplaced argument in its message, and that may be a URL with a password.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const [action, ...rest] = positionals;
  if (action !== "copy" && action !== "status") throw new DbArgumentsError("expected one of: copy, status");
  if (rest.length > 0) throw new DbArgumentsError(`${action} accepts no positional arguments`);
  const allowed = action === "copy" ? "to" : "json";
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(OPTIONS, token.name)) {
      throw new DbArgumentsError(`unknown option, expected --${allowed}`);
    }
    if (token.name !== allowed) {
      throw new DbArgumentsError(`${action} accepts no --${token.name}, only --${allowed}`);
    }
    if (token.name === "to" && !token.value) {
      throw new DbArgumentsError("--to requires the URL of a database");
    }
    if (token.name === "json" && token.value !== undefined) {
      throw new DbArgumentsError("--json accepts no value");
    }
  }
  if (action === "status") return { action, json: values.json === true };
  return { action, to: typeof values.to === "string" ? values.to : undefined };
}
