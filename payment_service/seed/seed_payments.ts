import type { ConnectionManager, Querier, TxManager } from "@archway/db/db.ts";
import { timestampOf } from "@archway/db/timestamp.ts";
import { EventStore } from "@archway/events/event_store.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import { PAYMENT_UPCASTERS } from "../events/payment_event_data.ts";
import { type Chunk, chunksOf, momentOf, type PaymentPlan } from "./seed_plan.ts";
import { SeedSql } from "./seed_sql.ts";

/** Progress of a run, in payments. */
export interface SeedProgress {
  /** Payments that an earlier run of the same plan has made. */
  readonly found: number;
  /** Payments that this run has made. */
  readonly added: number;
}

/** Options of {@link seedPayments}. */
export interface SeedPaymentsOptions {
  /** Whether accounts may exist before. @default {false} */
  readonly add?: boolean;
  /** Called at the start and after every transaction. */
  readonly onProgress?: (progress: SeedProgress) => void;
  /** Called if the database checks each row, as its role may not skip that. */
  readonly onChecks?: () => void;
  /** Called when all payments exist, before tables are vacuumed. */
  readonly onVacuum?: () => void;
  /** Stops the run after the transaction in progress. */
  readonly signal?: AbortSignal;
}

type Connections = Pick<ConnectionManager, "writer"> & TxManager;

const TABLES = ["accounts", "payments", "refunds", "entries"] as const;

// Lock of all accounts: payments that others make meanwhile would be older than those that follow.
const LOCK = "lock table accounts in exclusive mode";

const NEWER = "select max(updated_at) as at from accounts having max(updated_at) >= $1";

// Constraints and triggers check each row, which the statements satisfy.
const MAY_SKIP_CHECKS = "select has_parameter_privilege('session_replication_role', 'SET') as may";

const PROFILES = `select id from published_profiles as profile where deleted_at is null
    and not exists (select from accounts where profile_id = profile.id) order by id limit $1`;

/** Number of chunks after which the space of old versions of accounts is used again: each chunk changes most of them. */
const VACUUM_EVERY = 20;

/**
 * Makes the payments of a plan with their accounts and refunds, as the service would have made them, but does not publish
 * their events. Each chunk is a transaction, and those that an earlier run has made are skipped.
 *
 * @throws {CommandError} if other accounts exist, or there are too few profiles.
 */
export async function seedPayments(
  connections: Connections,
  plan: PaymentPlan,
  { add = false, onProgress, onChecks, onVacuum, signal }: SeedPaymentsOptions = {},
): Promise<SeedProgress> {
  const db = connections.writer();
  const sql = new SeedSql(plan);
  const chunks = chunksOf(plan);
  const done = (await db.query(sql.existing(chunks))).rowCount;
  if (done === 0 && !add) await refuseAccounts(db, plan);
  const skipChecks = (await db.query<{ may: boolean }>(MAY_SKIP_CHECKS)).rows[0]?.may ?? false;
  if (!skipChecks && done < chunks.length) onChecks?.();
  const seeder = new Seeder({ connections, sql, skipChecks });
  const found = chunks[done - 1]?.end ?? 0;
  const profiles = await freeProfiles(db, plan.accounts - (chunks[done - 1]?.opened[1] ?? 0));
  let progress: SeedProgress = { found, added: 0 };
  onProgress?.(progress);
  for (const [index, chunk] of chunks.slice(done).entries()) {
    if (signal?.aborted) return progress;
    if (index % VACUUM_EVERY === VACUUM_EVERY - 1) await db.query("vacuum accounts");
    await seeder.run(chunk, profiles.splice(0, chunk.opened[1] - chunk.opened[0]));
    progress = { found, added: chunk.end - found };
    onProgress?.(progress);
  }
  if (progress.added === 0) return progress;
  onVacuum?.();
  for (const table of TABLES) await db.query(`vacuum (analyze) ${table}`);
  return progress;
}

async function refuseAccounts(db: Querier, { accounts }: PaymentPlan): Promise<void> {
  if ((await db.query("select from accounts limit 1")).rowCount === 0) return;
  throw new CommandError(
    "The database has accounts that this command has not made: use an empty database, repeat the arguments of a " +
      "run that was stopped, or add payments that are newer than all others: seed --profiles " +
      `${accounts}, then the same arguments with --add`,
  );
}

/** Returns ids of profiles without accounts. @throws {CommandError} if there are too few. */
async function freeProfiles(db: Querier, count: number): Promise<string[]> {
  if (count === 0) return [];
  const { rows } = await db.query<{ readonly id: string }>(PROFILES, [count]);
  if (rows.length === count) return rows.map(({ id }) => id);
  throw new CommandError(
    `${count.toLocaleString("en")} accounts need a profile each, and ${rows.length.toLocaleString("en")} ` +
      `profiles have no account; add some first, such as by seed --profiles ${count}`,
  );
}

interface SeederOptions {
  readonly connections: Connections;
  readonly sql: SeedSql;
  readonly skipChecks: boolean;
}

/** Makes the chunks of a plan. */
class Seeder {
  readonly #options: SeederOptions;
  readonly #events = new EventStore(PAYMENT_UPCASTERS);

  constructor(options: SeederOptions) {
    this.#options = options;
  }

  async run(chunk: Chunk, profiles: readonly string[]): Promise<void> {
    const { connections, sql, skipChecks } = this.#options;
    await connections.withTx(async (tx) => {
      // Planning each statement takes milliseconds, compiling it seconds.
      await tx.query("set local jit = off");
      await tx.query("set local work_mem = '64MB'");
      if (skipChecks) await tx.query("set local session_replication_role = replica");
      await tx.query(LOCK);
      await refuseNewer(tx, chunk);
      await this.#events.appendSelected(tx, sql.settlementEvents(chunk.from));
      await tx.query(sql.settlements(chunk.from));
      if (profiles.length > 0) {
        await this.#events.appendSelected(tx, sql.openingEvents(chunk), [profiles]);
        await tx.query(sql.openings(chunk), [profiles]);
      }
      await this.#events.appendSelected(tx, sql.paymentEvents(chunk));
      await tx.query(sql.payments(chunk));
    });
  }
}

/** @throws {CommandError} if an account has changed after the begin of a chunk. */
async function refuseNewer(tx: Querier, { from }: Chunk): Promise<void> {
  const { rows: [newer] } = await tx.query<{ readonly at: string }>(NEWER, [momentOf(from)]);
  if (newer === undefined) return;
  throw new CommandError(
    `Accounts have changed at ${newer.at}, and payments from ${
      timestampOf(from)
    } on would be older: choose --days ` +
      "and --until so that they begin later, and let nothing else make payments meanwhile",
  );
}
