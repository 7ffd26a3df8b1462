import { v7 as newId } from "uuid";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { progress } from "@archway/tools/bench/progress.ts";
import { MIGRATION_SOURCES } from "@archway/tools/support/migration_sources.ts";
import { parseSeedArguments } from "../seed/seed_arguments.ts";
import { seedPayments } from "../seed/seed_payments.ts";

/** Options of {@link seedHistory}. */
interface SeedHistoryOptions {
  readonly payments: number;
  readonly signal?: AbortSignal;
}

/** Time at which the last payment was made: in the past, so that those of a load are newer. */
const UNTIL = "2026-11-01";

/** Accounts of {@link seedHistory} that are returned. */
const PAYERS = 1_000;

/** Migrates a database, and makes those payments of 22 months that it lacks. Returns ids of accounts of one currency. */
export async function seedHistory(
  instance: InstanceConfig,
  { payments, signal }: SeedHistoryOptions,
): Promise<readonly string[]> {
  await using pool = openPool({
    ...{ primary: instance, replicas: [], statementTimeoutMs: 0, transactionTimeoutMs: 0 },
  });
  await pool.migrate(MIGRATION_SOURCES);
  const { plan } = parseSeedArguments(["--payments", String(payments)], { today: UNTIL });
  const { rows: [existing] } = await pool.writer().query<{ readonly total: bigint }>(
    "select count(*) as total from profiles",
  );
  const ids = Array.from({ length: plan.accounts - Number(existing?.total ?? 0n) }, () => newId());
  await pool.writer().query(
    `insert into profiles (id, name, created_at, updated_at)
      select id, 'Ada', $2, $2 from unnest($1::uuid[]) as id`,
    [ids, "2025-01-01T00:00:00Z"],
  );
  let shownAt = 0;
  await seedPayments(pool, plan, {
    ...(signal !== undefined && { signal }),
    onProgress: ({ found, added }) => {
      if (performance.now() - shownAt < 10_000) return;
      shownAt = performance.now();
      progress(`${(found + added).toLocaleString("en")} of ${payments.toLocaleString("en")} payments`);
    },
  });
  signal?.throwIfAborted();
  await pool.writer().query("vacuum (analyze) events");
  const { rows } = await pool.writer().query<{ readonly id: string }>(
    "select id from accounts where kind = 'customer' and currency = 'BRL' and closed_at is null order by id limit $1",
    [PAYERS],
  );
  return rows.map(({ id }) => id);
}
