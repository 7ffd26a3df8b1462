import { parseArgs } from "node:util";
import { UsageError } from "@archway/service_kit/command.ts";

/** Parsed arguments of `archway events`. */
export interface EventsArguments {
  readonly action: "rebuild";
  /** Whether the rebuilt rows replace the differing live rows. */
  readonly swap: boolean;
}

/**
 * Parses the arguments of `archway events`.
 *
 * @throws {UsageError} for invalid arguments.
 */
export function parseEventsArguments(args: readonly string[]): EventsArguments {
  // Not strict, for error messages of its own.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: { swap: { type: "boolean" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const [action, ...rest] = positionals;
  if (action !== "rebuild") throw new UsageError("expected the subcommand rebuild");
  if (rest.length > 0) throw new UsageError("rebuild accepts no positional arguments");
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name !== "swap") throw new UsageError("unknown option, expected --swap");
    if (token.value !== undefined) throw new UsageError("--swap accepts no value");
  }
  return { action, swap: values.swap === true };
}
