import type { Config } from "@archway/config/config.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { SeedError } from "./seed_error.ts";
import type { SeedPlan } from "./seed_plan.ts";
import { seedProfiles, type SeedProgress } from "./seed_profiles.ts";
import { describeFault } from "@archway/program/describe_fault.ts";
import { MIGRATION_SOURCES } from "@archway/program/migration_sources.ts";
import { openDatabase } from "@archway/program/open_database.ts";
import { print } from "@archway/program/print.ts";
import { parseSeedArguments, SeedArgumentsError } from "./seed_arguments.ts";
import { type ShownProgress, showProgress } from "@archway/program/show_progress.ts";
import { EXIT_CODES, untilStopped } from "@archway/program/until_stopped.ts";

/**
 * `archway seed`: fills the database with made-up profiles. What is there already of the same profiles stays, so that
 * a run that was stopped can be ended by the same command.
 *
 * @returns the exit code: 0 everything is there, 1 failed, 2 not understood, 130 or 143 stopped by a signal.
 */
export async function seed(args: readonly string[], configure: () => Config): Promise<number> {
  try {
    return await fill(parseSeedArguments(args), configure());
  } catch (error) {
    if (!isForPeople(error)) throw error;
    await print(Deno.stderr, `archway seed: ${describeFault(error)}\n`);
    return error instanceof SeedArgumentsError ? 2 : 1;
  }
}

async function fill(plan: SeedPlan, config: Config): Promise<number> {
  await using database = await openDatabase(config);
  await prepare(database.pool, config);
  const stopping = new AbortController();
  let stoppedBy: Deno.Signal | undefined;
  void untilStopped().then((signal) => {
    stoppedBy = signal;
    stopping.abort();
  });
  const startedAt = performance.now();
  let shown: ShownProgress | undefined;
  let progress: SeedProgress;
  try {
    progress = await seedProfiles(database.pool, plan, {
      signal: stopping.signal,
      onProgress: ({ found, added }) => {
        if (found === plan.profiles) return;
        shown ??= showProgress({ total: plan.profiles, value: found, things: "profiles" });
        shown.update(found + added);
      },
    });
  } finally {
    shown?.[Symbol.dispose]();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await print(Deno.stdout, summary(plan, progress, seconds));
  return stoppedBy === undefined || progress.found + progress.added === plan.profiles
    ? 0
    : EXIT_CODES[stoppedBy] ?? 1;
}

/** Who applies migrations is configured for the service, and holds here too. */
async function prepare(pool: ConnectionPool, { migrateOnStart }: Config): Promise<void> {
  if (migrateOnStart) await pool.migrate(MIGRATION_SOURCES);
  else if ((await pool.pendingMigrations(MIGRATION_SOURCES)).length > 0) {
    throw new SeedError("The database lacks migrations: run archway migrate up first");
  }
}

function summary({ profiles }: SeedPlan, { found, added }: SeedProgress, seconds: number): string {
  const there = found + added;
  const rate = `${count(added)} in ${seconds.toFixed(1)} s, ${count(Math.round(added / seconds))} a second`;
  if (there < profiles) {
    return `Stopped with ${count(there)} of ${
      count(profiles)
    } profiles there: the same command goes on from here\n`;
  }
  if (added === 0) return `All of the ${count(profiles)} profiles were there already\n`;
  const before = found === 0 ? "" : `; ${count(found)} were there already`;
  return `Added ${rate}${before}\n`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}

/** A person can mend these by what they say. */
function isForPeople(error: unknown): error is Error {
  return error instanceof SeedArgumentsError || error instanceof SeedError ||
    (error instanceof DatabaseError && (error.code === "unavailable" || error.code === "timeout"));
}
