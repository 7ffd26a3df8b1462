import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { respondToCommands } from "./child_process.ts";
import { type Client, type LoadResult, runLoad } from "./run_load.ts";

/** Configuration of this program, as JSON. */
export interface PipeliningConfig {
  readonly database: InstanceConfig;
  /** Maximum number of statements in flight on one connection. */
  readonly depth: number;
}

/** Load on the pool. */
export interface PipeliningLoad {
  readonly milliseconds: number;
  /** Concurrent callers, each with one read in flight. */
  readonly callers: number;
  /** One in so many reads is slow; 0 for none. */
  readonly slowOneIn: number;
}

/** Time that a slow read waits in the server. */
const SLOW_SECONDS = 0.05;

/** Creates the table that is read, and a function that waits. */
export async function preparePipelining(database: InstanceConfig): Promise<void> {
  await using pool = openPool({ primary: database, replicas: [] });
  const writer = pool.writer();
  await writer.query("create table rows_read (id int primary key, name text not null)");
  await writer.query("insert into rows_read select id, 'Row ' || id from generate_series(1, 10000) as id");
  // The pool takes functions of PostgreSQL that wait for slow, but cannot know what others do.
  await writer.query(
    "create function wait_for(seconds float8) returns int language sql as 'select 1 from pg_sleep(seconds)'",
  );
}

const READ =
  "select id, name, case when $2::float8 > 0 then wait_for($2) end as waited from rows_read where id = $1";

/** Reads rows by key through a pool, of which some are slow, and measures the latency of the quick ones. */
async function measure(
  { database, depth }: PipeliningConfig,
): Promise<void> {
  await using pool = openPool({ primary: database, replicas: [], maxPipelined: depth });
  const reader = pool.reader();
  let sent = 0;
  await respondToCommands(({ milliseconds, callers, slowOneIn }: PipeliningLoad): Promise<LoadResult> => {
    const client: Client = async () => {
      const number = ++sent;
      const isSlow = slowOneIn > 0 && number % slowOneIn === 0;
      await reader.query(READ, [1 + number % 10_000, isSlow ? SLOW_SECONDS : 0]);
      // Only the latency of successes is recorded.
      return isSlow ? 0 : 200;
    };
    return runLoad(Array.from({ length: callers }, () => client), { milliseconds });
  });
}

if (import.meta.main) await measure(JSON.parse(Deno.args[0] ?? ""));
