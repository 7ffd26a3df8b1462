import type { Config } from "@archway/config/config.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { EmbeddedError } from "@archway/db/embedded/embedded_error.ts";
import { DatabaseError, MigrationError } from "@archway/db/errors.ts";
import { EventStoreError } from "@archway/events/store/event_store_error.ts";
import { isEqual } from "./compare_tables.ts";
import { RebuildError } from "./rebuild_error.ts";
import { rebuildProjections, type RebuildSummary } from "./rebuild_projections.ts";
import { describeFault } from "@archway/program/describe_fault.ts";
import { EventsArgumentsError, parseEventsArguments } from "./events_arguments.ts";
import { rebuildSummary } from "./events_summary.ts";
import { MIGRATION_SOURCES } from "@archway/program/migration_sources.ts";
import { openDatabase } from "@archway/program/open_database.ts";
import { print, tell } from "@archway/program/print.ts";
import { type ShownProgress, showProgress } from "@archway/program/show_progress.ts";
import { EXIT_CODES, untilStopped } from "@archway/program/until_stopped.ts";

const STAGES = {
  comparing: "Comparing with what is live",
  swapping: "Putting what was rebuilt in the place of what differs",
} as const;

const USAGE = "Usage: archway events rebuild [--swap]\n";

/**
 * `archway events rebuild`: makes anew what follows from the events, and tells how it differs from what is live.
 *
 * @returns the exit code: 0 nothing differs any more, 1 something does, or it failed, 2 not understood, 130 or 143
 * stopped by a signal.
 */
export async function events(args: readonly string[], configure: () => Config): Promise<number> {
  try {
    const { swap } = parseEventsArguments(args);
    return await rebuild(configure(), swap);
  } catch (error) {
    if (error instanceof EventsArgumentsError) {
      await print(Deno.stderr, `archway events: ${error.message}\n${USAGE}`);
      return 2;
    }
    if (!isForPeople(error)) throw error;
    await print(Deno.stderr, `archway events: ${describeFault(error)}\n`);
    return 1;
  }
}

async function rebuild(config: Config, swap: boolean): Promise<number> {
  // What is long here is long because there is much.
  const pool = { ...config.pool, statementTimeoutMs: 0, transactionTimeoutMs: 0 };
  await using database = await openDatabase({ ...config, pool });
  await refusePending(database.pool);
  const stopping = new AbortController();
  let stoppedBy: Deno.Signal | undefined;
  void untilStopped().then((signal) => {
    stoppedBy = signal;
    stopping.abort();
  });
  const startedAt = performance.now();
  let shown: ShownProgress | undefined;
  let summary: RebuildSummary;
  try {
    summary = await rebuildProjections(database.pool, {
      swap,
      signal: stopping.signal,
      onProgress: (value, total) => {
        shown ??= showProgress({ total, value: 0, things: "events" });
        shown.update(value);
      },
      onStage: (stage) => {
        shown?.[Symbol.dispose]();
        shown = undefined;
        tell(`${STAGES[stage]}\n`);
      },
    });
  } catch (error) {
    if (stoppedBy === undefined || error !== stopping.signal.reason) throw error;
    await print(Deno.stdout, "Stopped: nothing was changed\n");
    return EXIT_CODES[stoppedBy] ?? 1;
  } finally {
    shown?.[Symbol.dispose]();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await print(Deno.stdout, rebuildSummary(summary, seconds));
  return summary.swapped || summary.tables.every(isEqual) ? 0 : 1;
}

async function refusePending(pool: ConnectionPool): Promise<void> {
  if ((await pool.pendingMigrations(MIGRATION_SOURCES)).length === 0) return;
  throw new MigrationError("The database lacks migrations: run archway migrate up first");
}

/** A person can mend these by what they say. */
function isForPeople(error: unknown): error is Error {
  return error instanceof EventStoreError || error instanceof RebuildError ||
    error instanceof EmbeddedError || error instanceof MigrationError || error instanceof DatabaseError;
}
