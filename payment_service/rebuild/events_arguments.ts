import { parseAction, refusePositionals } from "@archway/service_kit/parse_action.ts";

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
  const parsed = parseAction(args, { rebuild: { swap: "flag" } });
  refusePositionals(parsed);
  return { action: parsed.action, swap: parsed.values.has("swap") };
}
