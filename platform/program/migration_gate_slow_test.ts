import { assert, assertEquals, assertMatch } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { MigrationGate } from "./migration_gate.ts";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import { FaultProxy } from "@archway/tools/support/postgres/fault_proxy.ts";

Deno.test("MigrationGate.run() retries when the connection is lost during its queries", async () => {
  await using database = await useTestDatabase();
  const host = await Deno.makeTempDir({ prefix: "archway_test_" });
  const instance = { ...database.instance, host, port: 5432 };
  await using proxy = new FaultProxy(instance, database.instance, { text: "schema_migrations", times: 3 });
  await using pool = openPool({ primary: instance, replicas: [], ...GENEROUS_TIMEOUTS });
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

Deno.test("MigrationGate.run() reports a migration that a developer is writing, and applies it once it is complete", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const name = "20270101000000_create_notes.sql";
  await using folder = await migrationFolder({ [name]: "-- migrate:up\n\n-- migrate:down\n" });
  const gate = new MigrationGate(pool, folder.sources, { migrate: true });
  const failures: string[] = [];
  const applied: string[] = [];
  const save = (up: string): void =>
    Deno.writeTextFileSync(
      `${folder.path}/${name}`,
      `-- migrate:up\n${up}\n-- migrate:down\ndrop table notes;\n`,
    );
  await gate.run({
    onApplied: (files) => applied.push(...files),
    onPending: () => {},
    onUnavailable: () => {},
    onFailed(message): void {
      failures.push(message);
      save(failures.length === 1 ? "create table notes (id wrong);" : "create table notes (id uuid);");
    },
    signal: new AbortController().signal,
  });
  assertEquals([failures.length, applied], [2, [name]]);
  assertMatch(failures[0] ?? "", /is empty/);
  assertMatch(failures[1] ?? "", /type "wrong" does not exist/);
});
