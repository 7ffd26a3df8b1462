import { DatabaseError } from "../../errors.ts";
import { BlockerWatch } from "./blocker_watch.ts";
import type { Migration } from "./migration_file.ts";
import type { MigrationSession } from "./migration_session.ts";
import type { MigrationPart } from "./parse_migration.ts";
import { isConnectionLoss, toDatabaseError } from "../connection/to_database_error.ts";

/** Limits of waiting for locks of other sessions. */
export interface LockLimits {
  /** Maximum wait of a statement in milliseconds; 0 for the setting of the role or server. */
  readonly timeoutMs: number;
  /** Attempts to run a file. */
  readonly attempts: number;
}

/** Pause before a file is attempted again, in milliseconds, ±50 % jitter. Statements that queued behind it run meanwhile. */
const pauseMs = 1_000;

/** Applies a migration and records it. Returns false if another program was faster. */
export async function applyMigration(
  session: MigrationSession,
  migration: Migration,
  locks: LockLimits,
): Promise<boolean> {
  try {
    const record = insertApplied(migration);
    await run(session, { migration, part: migration.up, record, verb: "failed", locks });
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
  { part, locks }: { readonly part: MigrationPart; readonly locks: LockLimits },
): Promise<void> {
  const record = `DELETE FROM schema_migrations WHERE version = '${migration.version}';
    DELETE FROM archway_migration_checksums WHERE version = '${migration.version}'`;
  await run(session, { migration, part, record, verb: "could not be reverted", locks });
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
  readonly locks: LockLimits;
}

/**
 * Runs a file, again if it met the locks of other sessions. A statement that waits for a lock blocks all later ones on
 * its table, so it gives up early. Outside of a transaction a statement may have had effects: it waits, and runs once.
 */
async function run(session: MigrationSession, options: Run): Promise<void> {
  const { migration, part, locks } = options;
  const { fileName } = migration;
  const attempts = part.inTransaction ? locks.attempts : 1;
  using watch = new BlockerWatch(session.querier, {
    pid: session.pid,
    onBlocked: (blockers) => session.observer.onWait?.(`a lock in ${fileName}, held by ${blockers}`),
  });
  for (let attempt = 1;; attempt++) {
    try {
      await session.prepareFor(fileName, { lockTimeoutMs: part.inTransaction ? locks.timeoutMs : 0 });
      await runOnce(session, options);
      return;
    } catch (error) {
      const databaseError = toDatabaseError(error);
      if (!isConnectionLoss(databaseError)) await session.rollback();
      if (attempt >= attempts || !metLock(databaseError)) {
        throw failure(error, { ...options, attempt, watch });
      }
      if (attempt === 1) {
        session.observer.onWait?.(`a lock in ${fileName}${heldBy(watch)}; up to ${attempts} attempts`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
  }
}

async function runOnce(session: MigrationSession, { part, record }: Run): Promise<void> {
  if (part.inTransaction) {
    await session.send(`${prologueOf(record)}${part.sql}\n;`);
    // Separate, so that nothing is committed if the client is gone by then.
    await session.commit();
  } else {
    await session.send(part.sql);
    // The statements may have changed the search_path, or left a transaction open.
    await session.reset();
    await session.send(`BEGIN; ${record}; COMMIT`);
  }
}

/** Returns the statements before those of the file. The record comes first, since the file may change the search_path. */
function prologueOf(record: string): string {
  return `BEGIN; ${record};\n`;
}

/** Whether a lock timeout expired, or the transaction gave way to another one. Both end when the other one does. */
function metLock({ code, sqlState }: DatabaseError): boolean {
  return sqlState === "55P03" || code === "conflict";
}

function heldBy({ last }: BlockerWatch): string {
  return last === undefined ? "" : `, held by ${last}`;
}

/** Returns the error of a file, with its line and the texts of the server. */
function failure(
  error: unknown,
  { migration, part, record, verb, attempt, watch }: Run & {
    readonly attempt: number;
    readonly watch: BlockerWatch;
  },
): DatabaseError {
  const databaseError = toDatabaseError(error);
  const offset = part.inTransaction ? prologueOf(record).length : 0;
  const line = lineOf(error, { part, offset });
  const { code, sqlState, constraint, message } = databaseError;
  const place = line === undefined ? "" : ` at line ${line}`;
  const cause = withServerText(error, databaseError);
  const reason = cause instanceof Error && cause.name === "PostgresError" ? `: ${cause.message}` : "";
  const lock = metLock(databaseError) ? ` after ${attempt} attempts${heldBy(watch)}` : "";
  return new DatabaseError(
    code,
    `Migration ${migration.fileName} of ${migration.source} ${verb}${place}${lock}: ${message}${reason}`,
    {
      cause,
      ...(sqlState === undefined ? {} : { sqlState }),
      ...(constraint === undefined ? {} : { constraint }),
    },
  );
}

/**
 * Returns the cause with the server's message where that is the file's own text (RAISE, ASSERT) or only has names of the
 * schema (constraints). Messages of other classes may quote rows.
 */
function withServerText(error: unknown, { cause, sqlState = "" }: DatabaseError): unknown {
  if (!(error instanceof Error && cause instanceof Error)) return cause;
  const isRaised = Reflect.get(error, "routine") === "exec_stmt_raise";
  if (!isRaised && !/^(P0|23)/.test(sqlState)) return cause;
  const hint: unknown = isRaised ? Reflect.get(error, "hint") : undefined;
  const hinted = typeof hint === "string" && hint !== "" ? `; hint: ${hint}` : "";
  return Object.assign(new Error(`${error.message.replace(/\s+/g, " ")} (${sqlState})${hinted}`), {
    name: cause.name,
    code: sqlState,
  });
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
