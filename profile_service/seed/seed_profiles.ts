import type { ConnectionManager, Querier, TxManager } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { insertRows, type InsertTarget, type RowValue } from "@archway/db/insert_rows.ts";
import type { Profile } from "../domain/profile.ts";
import { batchProfiles } from "./batch_profiles.ts";
import { SeedError } from "./seed_error.ts";
import { batchCount, batchRange, type SeedPlan } from "./seed_plan.ts";

/** Progress of a run, in profiles. */
export interface SeedProgress {
  /** Profiles written by earlier runs of the same plan. */
  readonly found: number;
  /** Profiles written by this run. */
  readonly added: number;
}

/** Options of a run. */
export interface SeedOptions {
  /** Called at the start and after every batch. */
  readonly onProgress?: (progress: SeedProgress) => void;
  /** Stops the run after the batches in progress. */
  readonly signal?: AbortSignal;
}

const TARGET: InsertTarget = {
  table: "profiles",
  columns: {
    id: "uuid",
    name: "text",
    email: "text",
    age: "smallint",
    version: "bigint",
    created_at: "timestamptz",
    updated_at: "timestamptz",
  },
};

/** Number of concurrent batches: one is written while the next is generated. */
const CONCURRENCY = 2;

/**
 * Writes the profiles of a plan and updates the planner's statistics on completion. Skips batches that an earlier run
 * has written.
 *
 * @throws {SeedError} if profiles of another plan conflict.
 */
export async function seedProfiles(
  connections: Pick<ConnectionManager, "writer"> & TxManager,
  plan: SeedPlan,
  { onProgress, signal }: SeedOptions = {},
): Promise<SeedProgress> {
  const db = connections.writer();
  const { missing, found } = await missingBatches(db, plan);
  let progress: SeedProgress = { found, added: 0 };
  onProgress?.(progress);
  const queue = missing.values();
  let failed = false;
  async function work(): Promise<void> {
    // The queue comes last: a batch taken from it has to be written.
    while (!failed && !signal?.aborted) {
      const { value: batch, done } = queue.next();
      if (done) return;
      try {
        // A batch is written completely or not at all. Its profiles are generated first: batches share the generator.
        await insert(connections, Array.from(batchProfiles(plan, batch), rowOf));
      } catch (error) {
        failed = true;
        throw error;
      }
      progress = { found, added: progress.added + batchLength(plan, batch) };
      onProgress?.(progress);
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: CONCURRENCY }, work));
  for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
  if (progress.added > 0 && !signal?.aborted) await db.query("analyze profiles");
  return progress;
}

/** Returns the batches to write; one whose first row exists is complete. */
async function missingBatches(
  db: Querier,
  plan: SeedPlan,
): Promise<{ readonly missing: readonly number[]; readonly found: number }> {
  const batches = Array.from({ length: batchCount(plan) }, (_, batch) => batch);
  const firstIds = batches.map((batch) => batchProfiles(plan, batch).next().value?.id ?? null);
  const { rows } = await db.query<{ id: string }>("select id from profiles where id = any ($1::uuid[])", [
    firstIds,
  ]);
  const known = new Set<string | null>(rows.map(({ id }) => id));
  const missing = batches.filter((batch) => !known.has(firstIds[batch] ?? null));
  const lacking = missing.reduce((sum, batch) => sum + batchLength(plan, batch), 0);
  return { missing, found: plan.profiles - lacking };
}

function batchLength(plan: SeedPlan, batch: number): number {
  const [first, end] = batchRange(plan, batch);
  return end - first;
}

function rowOf({ id, name, email, age, version, createdAt, updatedAt }: Profile): readonly RowValue[] {
  return [id, name, email, age, version, createdAt, updatedAt];
}

async function insert(connections: TxManager, profiles: readonly (readonly RowValue[])[]): Promise<void> {
  try {
    await connections.withTx((tx) => insertRows(tx, TARGET, profiles));
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === "unique-violation")) throw error;
    throw new SeedError(
      "Conflicting profiles exist: from a run with the same random seed but a different number or date, or from a " +
        "run in progress. Use a different --random-seed",
      { cause: error },
    );
  }
}
