import type { ConnectionPool, Querier } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";

/** A step that the role of the program is not permitted to take, or that failed. */
export interface FailedStep {
  readonly step: string;
  readonly reason: string;
}

/** Options of {@link scrubDatabase}. */
export interface ScrubOptions {
  /** Tables to rewrite. */
  readonly tables: readonly string[];
  /** Called before each step with its statement. */
  readonly onStep: (step: string) => void;
}

const SEGMENT = "name ~ '^[0-9A-F]{24}$'";

// Without the timeline, in front.
const NUMBER = "substr(name, 9)";

const LAST_SEGMENT = `select max(${NUMBER}) as number from pg_ls_waldir() where ${SEGMENT}`;

const CURRENT_SEGMENT = "select substr(pg_walfile_name(pg_current_wal_lsn()), 9) as number";

const KEPT_SEGMENTS = `select count(*) as count from pg_ls_waldir() where ${SEGMENT} and ${NUMBER} <= $1`;

// Replicas recycle segments of their own, as many as max_wal_size has.
const REPLICATED_SEGMENTS = `select case when exists (select from pg_stat_replication)
  then pg_size_bytes(current_setting('max_wal_size')) / pg_size_bytes(current_setting('wal_segment_size'))
  else 0 end as count`;

const BEHIND = `select count(*) as count from pg_replication_slots where restart_lsn < $1::pg_lsn`;

/** Time that replicas have for what the rewriting of tables has logged: they retain segments until then. */
const REPLICATION_MS = 30_000;

/** Interval of checks for it, in milliseconds. */
const CHECK_MS = 100;

// A segment can only be left after something was written to it.
const NEXT_SEGMENT =
  "select pg_logical_emit_message(false, 'archway', 'scrub'), pg_switch_wal()::text as lsn";

/**
 * Rewrites tables, so that no bytes of deleted rows are left in the files of the database. VACUUM alone is not enough: it
 * frees the space of a row in its page, where the bytes stay until others take their place. VACUUM FULL writes new files,
 * for tables and indexes. Statistics have values of columns, and the write-ahead log has all of them: its segments are
 * used again under new names, and keep what they had until it is overwritten.
 *
 * @returns the steps that failed, such as for the privileges of the role.
 */
export async function scrubDatabase(
  pool: ConnectionPool,
  { tables, onStep }: ScrubOptions,
): Promise<readonly FailedStep[]> {
  const failures: FailedStep[] = [];
  const attempt = async (step: string, run: () => Promise<string | void>): Promise<void> => {
    onStep(step);
    try {
      const reason = await run();
      if (typeof reason === "string") failures.push({ step, reason });
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      failures.push({ step, reason: error.message });
    }
  };
  const execute = (statement: string) => async (): Promise<void> => {
    await pool.writer().query(statement);
  };
  for (const table of tables) await attempt(`rewrite ${table}`, execute(`vacuum (full, analyze) ${table}`));
  await attempt("rewrite statistics", execute("vacuum full pg_catalog.pg_statistic"));
  await attempt("overwrite the write-ahead log", () => overwriteLog(pool.writer()));
  return failures;
}

/**
 * Goes through every segment of the write-ahead log, so that each is overwritten or removed, also those that replicas
 * had recycled before.
 *
 * @returns the reason why some remain; undefined if none do.
 */
async function overwriteLog(db: Querier): Promise<string | undefined> {
  const numberOf = async (query: string): Promise<string> =>
    (await db.query<{ number: string }>(query)).rows[0]?.number ?? "";
  const first = await numberOf(CURRENT_SEGMENT);
  // The checkpoint removes what recovery no longer needs, or renames it for later use, with its bytes.
  await untilReplicated(db);
  await db.query("checkpoint");
  const last = await numberOf(LAST_SEGMENT);
  const { rows: [replicated] } = await db.query<{ count: bigint }>(REPLICATED_SEGMENTS);
  for (let rest = replicated?.count ?? 0n; rest > 0n || await numberOf(CURRENT_SEGMENT) <= last; rest--) {
    await db.query(NEXT_SEGMENT);
  }
  await db.query("checkpoint");
  const { rows: [kept] } = await db.query<{ count: bigint }>(KEPT_SEGMENTS, [first]);
  return kept?.count === 0n
    ? undefined
    : `${kept?.count} old segments remain, for a replica, a slot, an archive or wal_keep_size`;
}

/** Begins a segment, and waits until replicas need none before it, or for too long. */
async function untilReplicated(db: Querier): Promise<void> {
  const { rows: [begun] } = await db.query<{ lsn: string }>(NEXT_SEGMENT);
  const deadline = Date.now() + REPLICATION_MS;
  while (Date.now() < deadline) {
    const { rows: [behind] } = await db.query<{ count: bigint }>(BEHIND, [begun?.lsn ?? "0/0"]);
    if (behind?.count === 0n) return;
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}
