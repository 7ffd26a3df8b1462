import { assertEquals, assertMatch } from "@std/assert";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, type ProgramResult } from "@archway/tools/support/program.ts";
import { testWithEmbedded } from "@archway/tools/support/program_storage.ts";

async function status(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<ProgramResult> {
  await using program = new Program(environment, ["db", "status", ...args]);
  return await program.ended();
}

function servers(primary: PostgresServer, replica: PostgresServer): Readonly<Record<string, string>> {
  return {
    ...postgresEnvironment(primary.instance),
    POSTGRES_REPLICA_0_HOST: replica.instance.host,
    POSTGRES_REPLICA_0_POOL_MAX_CONNS: "7",
  };
}

Deno.test("archway db status reports every server, and fails when the primary is lost", async () => {
  await using primary = await startPostgres();
  await using replica = await startStandby(primary);
  const environment = servers(primary, replica);
  const sound = await status(environment, "--json");
  assertEquals([sound.code, sound.stderr], [0, ""]);
  const [first, second, ...others] = JSON.parse(sound.stdout);
  assertEquals(others, []);
  assertEquals([first.name, first.role, first.healthy, first.pool.max], ["primary", "primary", true, 10]);
  assertEquals(first.address, `${primary.instance.host}:5432`);
  assertEquals([second.name, second.role, second.healthy, second.pool.max], [
    "replica_0",
    "replica",
    true,
    7,
  ]);
  assertEquals(typeof second.lagMs, "number");
  // The same database with approximately the same size.
  assertEquals(Math.round(first.databaseBytes / 1e6), Math.round(second.databaseBytes / 1e6));

  await replica.kill();
  const degraded = await status(environment);
  assertEquals(degraded.code, 0, degraded.stderr);
  assertMatch(degraded.stdout, /^NAME +ROLE +ADDRESS +LAG +SIZE +OPEN +IDLE +WAITING +MAX +STATE\n/);
  assertMatch(degraded.stdout, /^primary +primary +\S+ +- +\d+\.\d MB +\d+ +\d+ +0 +10 +healthy$/m);
  assertMatch(degraded.stdout, /^replica_0 +replica +\S+ +- +- +\d+ +\d+ +0 +7 +unreachable$/m);

  await primary.kill();
  const lost = await status(environment, "--json");
  assertEquals(lost.code, 1);
  assertMatch(lost.stderr, /^archway db: The database cannot be reached: [^\n]+\n$/);
  const [away] = JSON.parse(lost.stdout);
  assertEquals([away.healthy, typeof away.reason, away.databaseBytes], [false, "string", undefined]);
});

testWithEmbedded("archway db status reports the embedded database", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    const { code, stdout, stderr } = await status({ EMBEDDED_DATA_DIR: folder });
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^primary +primary +\S*archway_e2e_\S* +- +\d+\.\d MB .* healthy$/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
