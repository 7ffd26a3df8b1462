import { DatabaseError } from "../../errors.ts";
import type { Migration } from "./migration_file.ts";
import type { MigrationSession } from "./migration_session.ts";
import type { MigrationPart } from "./parse_migration.ts";
import { isConnectionLoss, toDatabaseError } from "../connection/to_database_error.ts";

/** Applies a migration and records it. Returns false if another program was faster. */
export async function applyMigration(session: MigrationSession, migration: Migration): Promise<boolean> {
  try {
    await run(session, { migration, part: migration.up, record: insertApplied(migration), verb: "failed" });
    return true;
  } catch (error) {
    // The lock has no effect in the shared session of the embedded database, and dbmate takes none.
    if (error instanceof DatabaseError && error.constraint === "schema_migrations_pkey") return false;
    throw error;
  }
}

/** Reverts a migration and deletes its record. */
export async function revertMigration(
  session: MigrationSession,
  migration: Migration,
  part: MigrationPart,
): Promise<void> {
  const record = `DELETE FROM schema_migrations WHERE version = '${migration.version}';
    DELETE FROM archway_migration_checksums WHERE version = '${migration.version}'`;
  await run(session, { migration, part, record, verb: "could not be reverted" });
}

/** Records the checksum of a migration that another program has applied. */
export async function recordChecksum(session: MigrationSession, migration: Migration): Promise<void> {
  try {
    await session.send(insertChecksum(migration));
  } catch (error) {
    throw toDatabaseError(error);
  }
}

interface Run {
  readonly migration: Migration;
  readonly part: MigrationPart;
  readonly record: string;
  readonly verb: string;
}

async function run(session: MigrationSession, { migration, part, record, verb }: Run): Promise<void> {
  // The record comes first, since the statements may change the search_path.
  const prologue = `BEGIN; ${record};\n`;
  try {
    if (part.inTransaction) {
      await session.send(`${prologue}${part.sql}\n;`);
      // Separate, so that nothing is committed if the client is gone by then.
      await session.send("COMMIT");
    } else {
      await session.send(part.sql);
      await session.send(`BEGIN; ${record}; COMMIT`);
    }
  } catch (error) {
    const databaseError = toDatabaseError(error);
    if (!isConnectionLoss(databaseError)) await session.send("ROLLBACK").catch(() => undefined);
    const line = lineOf(error, { part, offset: part.inTransaction ? prologue.length : 0 });
    const { code, sqlState, constraint, cause } = databaseError;
    const place = line === undefined ? "" : ` at line ${line}`;
    throw new DatabaseError(
      code,
      `Migration ${migration.fileName} of ${migration.source} ${verb}${place}${reasonOf(databaseError)}`,
      {
        cause,
        ...(sqlState === undefined ? {} : { sqlState }),
        ...(constraint === undefined ? {} : { constraint }),
      },
    );
  }
}

/** Returns the kind of error and, if it concerns the schema, the server's message. */
function reasonOf({ cause, message }: DatabaseError): string {
  return `: ${message}${
    cause instanceof Error && cause.name === "PostgresError" ? `: ${cause.message}` : ""
  }`;
}

/** Returns the line of an error. The server counts characters from the beginning of the message. */
function lineOf(
  error: unknown,
  { part, offset }: { readonly part: MigrationPart; readonly offset: number },
): number | undefined {
  const position = typeof error === "object" && error !== null ? Number(Reflect.get(error, "position")) : NaN;
  if (!(position > offset)) return undefined;
  const before = Array.from(part.sql).slice(0, position - offset - 1);
  return part.line + before.filter((character) => character === "\n").length;
}

function insertApplied(migration: Migration): string {
  return `INSERT INTO schema_migrations (version) VALUES ('${migration.version}'); ${
    insertChecksum(migration)
  }`;
}

function insertChecksum({ version, fileName, sha256 }: Migration): string {
  return `INSERT INTO archway_migration_checksums (version, file_name, sha256)
    VALUES ('${version}', '${fileName.replaceAll("'", "''")}', '${sha256}')
    ON CONFLICT (version) DO UPDATE SET file_name = excluded.file_name, sha256 = excluded.sha256`;
}
