import { assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { makePayments } from "../testing/make_payments.ts";
import { PAYMENT_MIGRATIONS } from "../testing/payment_program.ts";

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((done) => setTimeout(done, 50));
}

Deno.test("logical replication copies payments, waits for new columns, and loses its slot at the limit", async () => {
  await using source = await startPostgres({
    settings: { wal_level: "logical", max_slot_wal_keep_size: "1" },
  });
  await using warehouse = await startPostgres({ settings: { wal_retrieve_retry_interval: "100" } });
  const open = ({ instance }: typeof source): ConnectionPool =>
    openPool({ primary: instance, replicas: [], ...GENEROUS_TIMEOUTS });
  await using from = open(source);
  await using to = open(warehouse);
  const rows = async (pool: ConnectionPool, text: string): Promise<readonly unknown[]> =>
    (await pool.writer().query(text)).rows;
  for (const pool of [from, to]) await pool.migrate([...PAYMENT_MIGRATIONS]);
  await makePayments(from);
  await rows(from, "create publication analytics for table payments, refunds");
  const { host, port, user, database } = source.instance;
  const connection = `host=${host} port=${port} user=${user} dbname=${database}`;
  await rows(to, `create subscription analytics connection '${connection}' publication analytics`);
  const payments = "select * from payments order by id";
  const isCopied = async (): Promise<boolean> =>
    JSON.stringify(await rows(from, payments), text) === JSON.stringify(await rows(to, payments), text);
  await until(isCopied);
  assertEquals((await rows(to, payments)).length > 0, true);

  // A column that only the publisher has stops the subscription until the subscriber has it, too.
  await rows(from, "alter table payments add column channel text");
  await rows(from, "update payments set channel = 'app'");
  const errors = "select from pg_stat_subscription_stats where apply_error_count > 0";
  await until(async () => (await rows(to, errors)).length > 0);
  await rows(to, "alter table payments add column channel text");
  await until(isCopied);

  // Behind by more than the limit, the slot is lost at a checkpoint, and write-ahead log is removed.
  await rows(to, "alter subscription analytics disable");
  const slot = "select wal_status from pg_replication_slots where slot_name = 'analytics' and not active";
  await until(async () => (await rows(from, slot)).length > 0);
  for (let segment = 0; segment < 3; segment++) {
    await rows(from, "select pg_switch_wal(), pg_logical_emit_message(false, 'a', 'b')");
  }
  await rows(from, "checkpoint");
  await until(async () => JSON.stringify(await rows(from, slot)).includes("lost"));
  await assertRejects(() =>
    rows(from, "select pg_replication_slot_advance('analytics', pg_current_wal_lsn())")
  );
});

function text(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
