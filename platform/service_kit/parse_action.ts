import { parseArgs } from "node:util";
import { UsageError } from "./command.ts";

/** Options of an action: those with a value are "text", the others "flag". */
export type ActionOptions = Readonly<Record<string, "text" | "flag">>;

/** Parsed arguments of a command whose first one names an action. */
export interface ParsedAction<A extends string> {
  readonly action: A;
  readonly positionals: readonly string[];
  /** Options that were given, by name; the last one counts. The value of a flag is empty. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Parses an action, its positional arguments and its options. Messages repeat no argument, since a misplaced one may be a
 * password or a key, as those of `parseArgs` in strict mode would.
 *
 * @throws {UsageError} for an unknown action, or an option that it does not accept.
 */
export function parseAction<A extends string>(
  args: readonly string[],
  actions: Readonly<Record<A, ActionOptions>>,
): ParsedAction<A> {
  const types = Object.assign({}, ...Object.values<ActionOptions>(actions));
  const options = Object.fromEntries(
    Object.keys(types).map((
      name,
    ) => [name, { type: types[name] === "text" ? "string" : "boolean" } as const]),
  );
  const { positionals: [action = "", ...positionals], tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (!isAction(action, actions)) {
    throw new UsageError(`expected one of: ${Object.keys(actions).join(", ")}`);
  }
  const allowed = actions[action];
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, value } = token;
    const type = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (type === undefined) throw new UsageError(`unknown option: ${accepted(action, allowed)}`);
    if (type === "text" && !value) throw new UsageError(`--${name} requires a value`);
    if (type === "flag" && value !== undefined) throw new UsageError(`--${name} accepts no value`);
    values.set(name, value ?? "");
  }
  return { action, positionals, values };
}

/**
 * Checks that an action has no positional arguments.
 *
 * @throws {UsageError}
 */
export function refusePositionals({ action, positionals }: ParsedAction<string>): void {
  if (positionals.length > 0) throw new UsageError(`${action} accepts no positional arguments`);
}

function isAction<A extends string>(text: string, actions: Readonly<Record<A, ActionOptions>>): text is A {
  return Object.hasOwn(actions, text);
}

function accepted(action: string, options: ActionOptions): string {
  const names = Object.keys(options).map((name) => `--${name}`);
  return names.length === 0 ? `${action} accepts no options` : `${action} accepts ${names.join(", ")}`;
}
