import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { useTestDatabase } from "../support/postgres/use_test_database.ts";
import { startCheckouts } from "./against_scenario.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

async function query(instance: InstanceConfig, statement: string): Promise<readonly unknown[]> {
  await using pool = openPool({ primary: instance, replicas: [] });
  return (await pool.writer().query(statement)).rows;
}

Deno.test("startCheckouts() starts two programs on databases with the same contents", async () => {
  await using test = await useTestDatabase();
  const database = test.instance;
  await query(database, "create table copied as select 42 as value");
  const copy = { ...database, database: `${database.database}_copy` };
  await using stack = new AsyncDisposableStack();
  stack.defer(() => query(database, `drop database ${copy.database}`).then(() => undefined));
  const signal = AbortSignal.timeout(60_000);
  const servers = await startCheckouts(ROOT, database, { stack, signal });
  assertNotEquals(servers.this.target.port, servers.other.target.port);
  for (const instance of [database, copy]) {
    assertEquals(await query(instance, "select value from copied"), [{ value: 42 }]);
  }
});
