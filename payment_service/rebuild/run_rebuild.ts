import { EventStoreError } from "@archway/events/event_store.ts";
import { type CommandContext, CommandError, type Progress } from "@archway/service_kit/command.ts";
import { isEqual } from "./compare_tables.ts";
import { parseEventsArguments } from "./events_arguments.ts";
import { rebuildSummary } from "./events_summary.ts";
import { RebuildError } from "./rebuild_error.ts";
import { rebuildProjections, type RebuildSummary } from "./rebuild_projections.ts";

const STAGES = {
  waiting: "Waiting for transactions that have begun before",
  comparing: "Comparing with the live tables",
  swapping: "Replacing the differing rows",
} as const;

/**
 * Runs the command `events`, and returns its exit code.
 *
 * @throws {CommandError} if events cannot be replayed.
 */
export async function runRebuild(args: readonly string[], context: CommandContext): Promise<number> {
  const { swap } = parseEventsArguments(args);
  try {
    return await rebuild(swap, context);
  } catch (error) {
    if (!(error instanceof EventStoreError || error instanceof RebuildError)) throw error;
    throw new CommandError(error.message, { cause: error });
  }
}

async function rebuild(swap: boolean, context: CommandContext): Promise<number> {
  const { signal } = context;
  // No timeouts: the duration depends on the amount of data.
  await using database = await context.openDatabase({ unlimited: true });
  const startedAt = performance.now();
  let shown: Progress | undefined;
  let summary: RebuildSummary;
  try {
    summary = await rebuildProjections(database.pool, {
      cipher: await context.cipher(),
      swap,
      signal,
      onProgress: (value, total) => {
        shown ??= context.progress({ total, value: 0, things: "events" });
        shown.update(value);
      },
      onStage: (stage) => {
        shown?.[Symbol.dispose]();
        shown = undefined;
        context.note(`${STAGES[stage]}\n`);
      },
    });
  } catch (error) {
    if (context.stoppedWith === undefined || error !== signal.reason) throw error;
    await context.print("Stopped; no changes were made\n");
    return context.stoppedWith;
  } finally {
    shown?.[Symbol.dispose]();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await context.print(rebuildSummary(summary, seconds));
  return summary.swapped || summary.tables.every(isEqual) ? 0 : 1;
}
