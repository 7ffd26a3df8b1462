import { assert, assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { MigrationGate } from "./migration_gate.ts";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { FaultProxy } from "@archway/tools/support/postgres/fault_proxy.ts";

Deno.test("MigrationGate.run() goes on when the database goes away under its questions", async () => {
  await using database = await useTestDatabase();
  const host = await Deno.makeTempDir({ prefix: "archway_test_" });
  const instance = { ...database.instance, host, port: 5432 };
  await using cutter = new FaultProxy(instance, database.instance, { text: "schema_migrations", times: 3 });
  await using pool = openPool({ primary: instance, replicas: [] });
  const keeper = new MigrationGate(pool, FIXTURE_MIGRATIONS, { migrate: true });
  const applied: string[] = [];
  const told: string[] = [];
  await keeper.run({
    onApplied: (files) => applied.push(...files),
    onPending: () => {},
    onUnavailable: ({ code }) => told.push(code),
    signal: new AbortController().signal,
  });
  assertEquals([cutter.left, told.length], [0, 3]);
  assert(told.includes("outcome-unknown"), told.join(", "));
  assert(applied.length > 0);
  assertEquals(await keeper.countPending(), 0);
});
