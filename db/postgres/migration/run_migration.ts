import { DatabaseError } from "../../errors.ts";
import type { Migration } from "./migration_file.ts";
import type { MigrationSession } from "./migration_session.ts";
import type { MigrationPart } from "./parse_migration.ts";
import { isConnectionLoss, toDatabaseError } from "../connection/to_database_error.ts";

/** Applies one migration and notes that it is applied. false: another program was quicker. */
export async function applyMigration(session: MigrationSession, migration: Migration): Promise<boolean> {
  try {
    await run(session, { migration, part: migration.up, note: noteApplied(migration), verb: "failed" });
    return true;
  } catch (error) {
    // The lock does not hold others off in the one session of the embedded database, and dbmate takes none.
    if (error instanceof DatabaseError && error.constraint === "schema_migrations_pkey") return false;
    throw error;
  }
}

/** Undoes one migration and forgets that it was applied. */
export async function undoMigration(
  session: MigrationSession,
  migration: Migration,
  part: MigrationPart,
): Promise<void> {
  const note = `DELETE FROM schema_migrations WHERE version = '${migration.version}';
    DELETE FROM archway_migration_checksums WHERE version = '${migration.version}'`;
  await run(session, { migration, part, note, verb: "could not be undone" });
}

/** Keeps the checksum of a migration that another program has applied. */
export async function noteChecksum(session: MigrationSession, migration: Migration): Promise<void> {
  try {
    await session.send(checksumNote(migration));
  } catch (error) {
    throw toDatabaseError(error);
  }
}

interface Run {
  readonly migration: Migration;
  readonly part: MigrationPart;
  readonly note: string;
  readonly verb: string;
}

async function run(session: MigrationSession, { migration, part, note, verb }: Run): Promise<void> {
  // First the note, for the statements may leave another search_path behind them.
  const prologue = `BEGIN; ${note};\n`;
  try {
    if (part.inTransaction) {
      await session.send(`${prologue}${part.sql}\n;`);
      // A message of its own: where the client is gone by now, the server finds nobody who commits.
      await session.send("COMMIT");
    } else {
      await session.send(part.sql);
      await session.send(`BEGIN; ${note}; COMMIT`);
    }
  } catch (error) {
    const fault = toDatabaseError(error);
    if (!isConnectionLoss(fault)) await session.send("ROLLBACK").catch(() => undefined);
    const line = lineOf(error, { part, offset: part.inTransaction ? prologue.length : 0 });
    const { code, sqlState, constraint, cause } = fault;
    const place = line === undefined ? "" : ` at line ${line}`;
    throw new DatabaseError(
      code,
      `Migration ${migration.fileName} of ${migration.source} ${verb}${place}${reasonOf(fault)}`,
      {
        cause,
        ...(sqlState === undefined ? {} : { sqlState }),
        ...(constraint === undefined ? {} : { constraint }),
      },
    );
  }
}

/** What kind of fault it is, with the server's own words as far as they are about the schema. */
function reasonOf({ cause, message }: DatabaseError): string {
  return `: ${message}${
    cause instanceof Error && cause.name === "PostgresError" ? `: ${cause.message}` : ""
  }`;
}

/** The server counts characters from the beginning of the message. */
function lineOf(
  error: unknown,
  { part, offset }: { readonly part: MigrationPart; readonly offset: number },
): number | undefined {
  const position = typeof error === "object" && error !== null ? Number(Reflect.get(error, "position")) : NaN;
  if (!(position > offset)) return undefined;
  const before = Array.from(part.sql).slice(0, position - offset - 1);
  return part.line + before.filter((character) => character === "\n").length;
}

function noteApplied(migration: Migration): string {
  return `INSERT INTO schema_migrations (version) VALUES ('${migration.version}'); ${
    checksumNote(migration)
  }`;
}

function checksumNote({ version, fileName, sha256 }: Migration): string {
  return `INSERT INTO archway_migration_checksums (version, file_name, sha256)
    VALUES ('${version}', '${fileName.replaceAll("'", "''")}', '${sha256}')
    ON CONFLICT (version) DO UPDATE SET file_name = excluded.file_name, sha256 = excluded.sha256`;
}
