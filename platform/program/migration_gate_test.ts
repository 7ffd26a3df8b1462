import { assert, assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { MigrationGate } from "./migration_gate.ts";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { FaultProxy } from "@archway/tools/support/postgres/fault_proxy.ts";

Deno.test("MigrationGate.run() retries when the connection is lost during its queries", async () => {
  await using database = await useTestDatabase();
  const host = await Deno.makeTempDir({ prefix: "archway_test_" });
  const instance = { ...database.instance, host, port: 5432 };
  await using proxy = new FaultProxy(instance, database.instance, { text: "schema_migrations", times: 3 });
  await using pool = openPool({ primary: instance, replicas: [] });
  const gate = new MigrationGate(pool, FIXTURE_MIGRATIONS, { migrate: true });
  const applied: string[] = [];
  const codes: string[] = [];
  await gate.run({
    onApplied: (files) => applied.push(...files),
    onPending: () => {},
    onUnavailable: ({ code }) => codes.push(code),
    signal: new AbortController().signal,
  });
  assertEquals([proxy.left, codes.length], [0, 3]);
  assert(codes.includes("outcome-unknown"), codes.join(", "));
  assert(applied.length > 0);
  assertEquals(await gate.countPending(), 0);
});
