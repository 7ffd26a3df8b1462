import type { ConnectionPool, Transaction } from "@archway/db/db.ts";

/** Number of the advisory lock that the database waits for where a command is to be killed. */
const GATE = 5_531;

const WAITING =
  `select count(*) as count from pg_locks where locktype = 'advisory' and objid = ${GATE} and not granted`;

/** Runs a function while a statement that matches a trigger, which executes `wait_at_gate()`, waits. */
export async function atGate(
  pool: ConnectionPool,
  trigger: string,
  run: (reached: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const writer = pool.writer();
  await writer.query(`create or replace function wait_at_gate() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock(${GATE}); return new; end $$`);
  await writer.query(trigger);
  await pool.withTx(async (tx: Transaction) => {
    await tx.query(`select pg_advisory_xact_lock(${GATE})`);
    await run(async () => {
      while ((await tx.query<{ count: bigint }>(WAITING)).rows[0]?.count === 0n) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  });
}

/** Waits until the connections of killed commands have ended, as they find out at the next response. */
export async function untilAlone(pool: ConnectionPool): Promise<void> {
  const others = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and state <> 'idle'`;
  while ((await pool.writer().query(others)).rowCount > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
