import { parseArgs } from "node:util";
import { UsageError } from "@archway/service_kit/command.ts";

/** What `archway events` is asked to do. */
export interface EventsArguments {
  readonly action: "rebuild";
  /** Whether what was rebuilt takes the place of what differs. */
  readonly swap: boolean;
}

/** Reads what follows `archway events`. Throws {@link UsageError}. */
export function parseEventsArguments(args: readonly string[]): EventsArguments {
  // Not strict: the words of the error are to be one's own.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: { swap: { type: "boolean" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const [action, ...rest] = positionals;
  if (action !== "rebuild") throw new UsageError("It takes rebuild");
  if (rest.length > 0) throw new UsageError('"rebuild" takes no word after it');
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name !== "swap") throw new UsageError('"rebuild" does not know such an option');
    if (token.value !== undefined) throw new UsageError("--swap takes no value");
  }
  return { action, swap: values.swap === true };
}
