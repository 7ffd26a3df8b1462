import { parseArgs } from "node:util";

/** Parsed arguments of the command `db`. */
export type DbArguments =
  | {
    readonly action: "copy";
    /** URL of `--to`; COPY_TO_URL applies if undefined. */
    readonly to: string | undefined;
  }
  | { readonly action: "status"; readonly json: boolean }
  | { readonly action: "dump" }
  | { readonly action: "restore" };

/** Invalid arguments. The message repeats no value. */
export class DbArgumentsError extends Error {
  override readonly name = "DbArgumentsError";
}

/** Option that each action accepts. */
const ACTIONS = { copy: "to", dump: undefined, restore: undefined, status: "json" } as const;

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
  if (!isAction(action)) throw new DbArgumentsError(`expected one of: ${Object.keys(ACTIONS).join(", ")}`);
  if (rest.length > 0) throw new DbArgumentsError(`${action} accepts no positional arguments`);
  const allowed = ACTIONS[action];
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (allowed === undefined) throw new DbArgumentsError(`${action} accepts no options`);
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
  switch (action) {
    case "copy":
      return { action, to: typeof values.to === "string" ? values.to : undefined };
    case "status":
      return { action, json: values.json === true };
    case "dump":
    case "restore":
      return { action };
  }
}

function isAction(text: string | undefined): text is keyof typeof ACTIONS {
  return text !== undefined && Object.hasOwn(ACTIONS, text);
}
