import { parseArgs } from "node:util";

/** What `archway db` is asked to do. */
export type DbArguments =
  | {
    readonly action: "copy";
    /** The URL after `--to`; undefined: the environment has it. */
    readonly to: string | undefined;
  }
  | { readonly action: "status"; readonly json: boolean };

/** The arguments cannot be understood; the message does not repeat a value. */
export class DbArgumentsError extends Error {
  override readonly name = "DbArgumentsError";
}

const OPTIONS = { to: { type: "string" }, json: { type: "boolean" } } as const;

/** Reads what follows `archway db`. Throws {@link DbArgumentsError}. */
export function parseDbArguments(args: readonly string[]): DbArguments {
  // Not strict: the words of the error are to be one's own, for what is misplaced may be a URL with its password.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const [action, ...rest] = positionals;
  if (action !== "copy" && action !== "status") throw new DbArgumentsError("It takes copy or status");
  if (rest.length > 0) throw new DbArgumentsError(`"${action}" takes no word after it`);
  const allowed = action === "copy" ? "to" : "json";
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(OPTIONS, token.name)) {
      throw new DbArgumentsError(`"${action}" does not know such an option`);
    }
    if (token.name !== allowed) throw new DbArgumentsError(`--${token.name} does not go with ${action}`);
    if (token.name === "to" && !token.value) throw new DbArgumentsError("--to needs the URL of a database");
    if (token.name === "json" && token.value !== undefined) {
      throw new DbArgumentsError("--json takes no value");
    }
  }
  if (action === "status") return { action, json: values.json === true };
  return { action, to: typeof values.to === "string" ? values.to : undefined };
}
