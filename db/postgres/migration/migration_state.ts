import type { MigrationStatus, Querier } from "../../db.ts";
import { MigrationError } from "../../errors.ts";
import type { Migration } from "./migration_file.ts";

/** What the database knows of migrations. */
export interface MigrationState {
  /** The versions that are applied, by whichever program, with their checksums where they were seen. */
  readonly applied: ReadonlyMap<string, string | undefined>;
}

/** Reads what is applied. Neither table need exist. */
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

/** The migrations that are not applied, in their order. */
export function pendingOf(
  migrations: readonly Migration[],
  { applied }: MigrationState,
): readonly Migration[] {
  return migrations.filter(({ version }) => !applied.has(version));
}

/**
 * The `count` migrations that were to be undone, newest first.
 *
 * @throws {MigrationError} when one that is newer than any of them has no file here: the program is older than the
 * database, and the tables of what it takes for the newest would be lost.
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
    `The database has migration${missing.length === 1 ? "" : "s"} ${
      missing.join(", ")
    } applied, of which there is ` +
      "no file here, and nothing older is undone before: run this with the version of the program that has the file",
  );
}

/** The versions that are applied and have no file, in order. */
function missingOf(migrations: readonly Migration[], { applied }: MigrationState): readonly string[] {
  const files = new Set(migrations.map(({ version }) => version));
  return [...applied.keys()].filter((version) => !files.has(version)).sort();
}

/** Applied before checksums were kept, or by another program. */
export function unseenOf(
  migrations: readonly Migration[],
  { applied }: MigrationState,
): readonly Migration[] {
  return migrations.filter(({ version }) => applied.has(version) && applied.get(version) === undefined);
}

/** Refuses to go on where an applied file says something else than it did when it was applied. */
export function refuseChanged(migrations: readonly Migration[], state: MigrationState): void {
  const changed = migrations.filter((migration) => hasChanged(migration, state));
  if (changed.length === 0) return;
  const names = changed.map(({ fileName, source }) => `${fileName} of ${source}`).join(", ");
  throw new MigrationError(
    `Migration ${names} has changed since it was applied: restore the file and put the change into a new one`,
  );
}

/** How every version stands, in the order of versions' texts. */
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
