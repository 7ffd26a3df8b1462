import type {
  MigrateOptions,
  MigrationObserver,
  MigrationSource,
  MigrationStatus,
  MigrationStep,
  Querier,
} from "../../db.ts";
import { MigrationError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import type { LockMigrations } from "../pool_config.ts";
import { type Migration, readMigrations } from "./migration_file.ts";
import {
  type MigrationState,
  newestOf,
  pendingOf,
  readMigrationState,
  refuseChanged,
  statusOf,
  withoutChecksum,
} from "./migration_state.ts";
import { type MigrationPart, refuseTransactionEnd } from "./parse_migration.ts";
import type { LockLimits } from "./run_migration.ts";

/** Dependencies of the migration functions. */
export interface MigrationTarget {
  /** Reads the state of migrations, and what blocks them. */
  readonly querier: Querier;
  /** Opens the connection that migrations run on. */
  readonly connect: () => Promise<Connection>;
  /** Takes a lock beside that of the server. */
  readonly lock?: LockMigrations | undefined;
  readonly locks: LockLimits;
}

/** Applies pending migrations and returns the names of their files. */
export async function migrate(
  { querier, connect, lock, locks }: MigrationTarget,
  sources: readonly MigrationSource[],
  { versions, signal, ...observer }: MigrateOptions = {},
): Promise<readonly string[]> {
  // First without the lock: usually nothing is pending.
  const [files, state] = await Promise.all([readMigrations(sources), readMigrationState(querier)]);
  const migrations = files.filter(({ version }) => versions?.has(version) ?? true);
  refuseChanged(migrations, state);
  const pending = pendingOf(migrations, state);
  if (pending.length + withoutChecksum(migrations, state).length === 0) return [];
  for (const migration of pending) refuseTransactionEnd(migration.up, titleOf(migration));
  const { MigrationSession, applyMigration, recordChecksum } = await loadRunner();
  await using session = await MigrationSession.open({ querier, connect, lock, observer, signal });
  const applied: string[] = [];
  for (const migration of migrations) {
    const current = await readMigrationState(querier);
    refuseChanged(migrations, current);
    if (!current.applied.has(migration.version)) {
      if (await applyMigration(session, migration, locks)) applied.push(migration.fileName);
    } else if (current.applied.get(migration.version) === undefined) await recordChecksum(session, migration);
  }
  return applied;
}

/** Loads what runs migrations: most starts find nothing pending. */
async function loadRunner(): Promise<
  typeof import("./migration_session.ts") & typeof import("./run_migration.ts")
> {
  const [session, run] = await Promise.all([import("./migration_session.ts"), import("./run_migration.ts")]);
  return { ...session, ...run };
}

/** Reverts the newest files and returns their names. */
export async function revertMigrations(
  { querier, connect, lock, locks }: MigrationTarget,
  sources: readonly MigrationSource[],
  { count, observer = {} }: { readonly count: number; readonly observer?: MigrationObserver | undefined },
): Promise<readonly string[]> {
  const migrations = await readMigrations(sources);
  const { MigrationSession, revertMigration } = await loadRunner();
  await using session = await MigrationSession.open({ querier, connect, lock, observer });
  const reversals = planRevert(migrations, await readMigrationState(querier), count);
  for (const { migration, part } of reversals) await revertMigration(session, migration, { part, locks });
  return reversals.map(({ migration }) => migration.fileName);
}

/** Returns the names of the files that {@link migrate} would apply. */
export async function pendingMigrations(
  querier: Querier,
  sources: readonly MigrationSource[],
): Promise<readonly string[]> {
  const [migrations, state] = await Promise.all([readMigrations(sources), readMigrationState(querier)]);
  return pendingOf(migrations, state).map(({ fileName }) => fileName);
}

/** Returns what {@link migrate} would do, or {@link revertMigrations} with a count. */
export async function planMigrations(
  querier: Querier,
  sources: readonly MigrationSource[],
  { revert }: { readonly revert?: number } = {},
): Promise<readonly MigrationStep[]> {
  const migrations = await readMigrations(sources);
  const state = await readMigrationState(querier);
  refuseChanged(migrations, state);
  const pending = pendingOf(migrations, state);
  if (revert === undefined) {
    for (const migration of pending) refuseTransactionEnd(migration.up, titleOf(migration));
  }
  return revert === undefined
    ? pending.map((migration) => toStep(migration, migration.up))
    : planRevert(migrations, state, revert).map(({ migration, part }) => toStep(migration, part));
}

/** Returns the status of every version. */
export async function migrationStatus(
  querier: Querier,
  sources: readonly MigrationSource[],
): Promise<readonly MigrationStatus[]> {
  return statusOf(await readMigrations(sources), await readMigrationState(querier));
}

interface Reversal {
  readonly migration: Migration;
  readonly part: MigrationPart;
}

function planRevert(
  migrations: readonly Migration[],
  state: MigrationState,
  count: number,
): readonly Reversal[] {
  const newest = newestOf(migrations, state, count);
  refuseChanged(newest, state);
  return newest.map((migration) => {
    if (migration.down === undefined) {
      throw new MigrationError(`Migration ${titleOf(migration)} has no down part`);
    }
    refuseTransactionEnd(migration.down, titleOf(migration));
    return { migration, part: migration.down };
  });
}

function titleOf({ fileName, source }: Migration): string {
  return `${fileName} of ${source}`;
}

function toStep({ fileName, source }: Migration, { sql, inTransaction }: MigrationPart): MigrationStep {
  return { fileName, source, sql, inTransaction };
}
