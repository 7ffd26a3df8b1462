import type { MigrationStatus, Querier } from "../../db.ts";
import { MigrationError } from "../../errors.ts";
import type { Migration } from "./migration_file.ts";

/** State of migrations in the database. */
export interface MigrationState {
  /** Applied versions with their checksums; undefined if unknown. */
  readonly applied: ReadonlyMap<string, string | undefined>;
}

/** Reads the applied versions. The tables may be missing. */
export async function readMigrationState(querier: Querier): Promise<MigrationState> {
  const { rows: [tables] } = await querier.query<{ versions: boolean; checksums: boolean }>(
    `SELECT to_regclass('schema_migrations') IS NOT NULL AS versions,
      to_regclass('archway_migration_checksums') IS NOT NULL AS checksums`,
  );
  if (!tables?.versions) return { applied: new Map() };
  const { rows } = await querier.query<{ version: string; sha256: string | null }>(
    tables.checksums
      ? "SELECT version, sha256 FROM schema_migrations LEFT JOIN archway_migration_checksums USING (version)"
      : "SELECT version, NULL AS sha256 FROM schema_migrations",
  );
  return { applied: new Map(rows.map(({ version, sha256 }) => [version, sha256 ?? undefined])) };
}

/** Returns the migrations that are not applied, in order. */
export function pendingOf(
  migrations: readonly Migration[],
  { applied }: MigrationState,
): readonly Migration[] {
  return migrations.filter(({ version }) => !applied.has(version));
}

/**
 * Returns the `count` migrations to be reverted, newest first.
 *
 * @throws {MigrationError} when a newer version has no file: then the database is newer than the program, and reverting
 * the newest known migration could drop tables that are in use.
 */
export function newestOf(
  migrations: readonly Migration[],
  state: MigrationState,
  count: number,
): readonly Migration[] {
  const newest = migrations.filter(({ version }) => state.applied.has(version)).reverse().slice(0, count);
  const oldest = newest.length < count ? "" : newest.at(-1)?.version ?? "";
  const missing = missingOf(migrations, state).filter((version) => version > oldest);
  if (missing.length === 0) return newest;
  throw new MigrationError(
    `The database has the applied migration${missing.length === 1 ? "" : "s"} ${
      missing.join(", ")
    } without a file here, and older ones ` +
      "cannot be reverted first: run this with the version of the program that has the file",
  );
}

/** Returns the applied versions without a file, in order. */
function missingOf(migrations: readonly Migration[], { applied }: MigrationState): readonly string[] {
  const files = new Set(migrations.map(({ version }) => version));
  return [...applied.keys()].filter((version) => !files.has(version)).sort();
}

/** Returns applied migrations without a checksum. An older version or another program applied them. */
export function withoutChecksum(
  migrations: readonly Migration[],
  { applied }: MigrationState,
): readonly Migration[] {
  return migrations.filter(({ version }) => applied.has(version) && applied.get(version) === undefined);
}

/** Throws if the file of an applied migration has changed. */
export function refuseChanged(migrations: readonly Migration[], state: MigrationState): void {
  const changed = migrations.filter((migration) => hasChanged(migration, state));
  if (changed.length === 0) return;
  const names = changed.map(({ fileName, source }) => `${fileName} of ${source}`).join(", ");
  throw new MigrationError(
    `Migration ${names} has changed since it was applied: restore the file and put the change into a new migration`,
  );
}

/** Returns the status of every version, in order of version. */
export function statusOf(
  migrations: readonly Migration[],
  state: MigrationState,
): readonly MigrationStatus[] {
  const newest = [...state.applied.keys()].sort().at(-1) ?? "";
  return [
    ...migrations.map((migration): MigrationStatus => ({
      version: migration.version,
      fileName: migration.fileName,
      state: !state.applied.has(migration.version)
        ? migration.version < newest ? "out-of-order" : "pending"
        : hasChanged(migration, state)
        ? "changed"
        : "applied",
    })),
    ...missingOf(migrations, state).map((version): MigrationStatus => ({
      version,
      fileName: undefined,
      state: "missing",
    })),
  ].sort((left, right) => (left.fileName ?? left.version) < (right.fileName ?? right.version) ? -1 : 1);
}

function hasChanged({ version, sha256 }: Migration, { applied }: MigrationState): boolean {
  const known = applied.get(version);
  return known !== undefined && known !== sha256;
}
