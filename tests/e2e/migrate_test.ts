import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, type ProgramResult, untilReady } from "@archway/tools/support/program.ts";
import { testWithEmbedded } from "@archway/tools/support/program_storage.ts";

const FILE = "20261122000101_create_contacts.sql";

async function archway(environment: Readonly<Record<string, string>>, line: string): Promise<ProgramResult> {
  await using program = new Program(environment, line.split(" "));
  return await program.ended();
}

async function withEmbedded(
  run: (environment: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    await run({ EMBEDDED_DATA_DIR: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function untilCheck(url: string, text: string): Promise<void> {
  while (true) {
    const response = await fetch(`${url}/readyz?verbose`);
    if ((await response.text()).includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

testWithEmbedded(
  "archway migrate applies, lists and reverts migrations of the embedded database",
  async () => {
    await withEmbedded(async (environment) => {
      const dryRun = await archway(environment, "migrate up --dry-run");
      assertEquals(dryRun.code, 0);
      assertMatch(
        dryRun.stdout,
        /^-- 20261122000101_create_contacts\.sql of contact_service\n[^]*create table contacts/,
      );
      const before = await archway(environment, "migrate status");
      assertStringIncludes(before.stdout, `[ ] ${FILE}\n`);
      const lint = await archway(environment, "migrate lint");
      assertEquals([lint.code, lint.stderr], [0, ""]);
      assertMatch(lint.stdout, /^Nothing to report on \d\d? migrations\n$/);
      const up = await archway(environment, "migrate up");
      assertEquals([up.code, up.stderr], [0, ""]);
      assertStringIncludes(up.stdout, `Applied ${FILE}\n`);
      assertEquals((await archway(environment, "migrate up")).stdout, "Nothing to apply\n");
      assertEquals(
        (await archway(environment, "migrate lint")).stdout,
        "Nothing to report on 0 migrations\n",
      );
      assertEquals((await archway(environment, "migrate lint --all")).stdout, lint.stdout);
      const after = await archway(environment, "migrate status");
      assertMatch(after.stdout, /\nPending: 0\n$/);
      const down = await archway(environment, "migrate down 999");
      assertEquals([down.code, down.stderr], [0, ""]);
      assertStringIncludes(down.stdout, `Reverted ${FILE}\n`);
      assertEquals((await archway(environment, "migrate down")).stdout, "Nothing to revert\n");
    });
  },
);

testWithEmbedded("archway migrate reports errors in one line", async () => {
  await withEmbedded(async (environment) => {
    const unknown = await archway(environment, "migrate sideways");
    assertEquals([unknown.code, unknown.stdout], [2, ""]);
    assertMatch(unknown.stderr, /^archway migrate: [^\n]+\nUsage: archway migrate up /);
    const badName = await archway(environment, "migrate new Bad-Name");
    assertEquals(badName.code, 1);
    assertMatch(badName.stderr, /^archway migrate: [^\n]+\n$/);
    const unreachable = await archway({
      POSTGRES_PRIMARY_HOST: environment["EMBEDDED_DATA_DIR"] ?? "",
      POSTGRES_PRIMARY_USER: "ada",
      POSTGRES_PRIMARY_PASSWORD: "planted",
      POSTGRES_PRIMARY_DATABASE: "nothing",
    }, "migrate up");
    assertEquals([unreachable.code, unreachable.stdout], [1, ""]);
    assertMatch(
      unreachable.stderr,
      /^archway migrate: The database cannot be reached: [^\n]*ENOENT[^\n]*\n$/,
    );
  });
});

Deno.test("archway is not ready until pending migrations are applied", async () => {
  await using database = await useTestDatabase();
  const environment = postgresEnvironment(database.instance);
  await using service = new Program(environment);
  const url = await service.url;
  await untilCheck(url, '{"name":"migrations","status":"unavailable","reason":"');
  // The Job of migrations has no secret that signs, and no settings of serving.
  const { HMAC_SECRET: _, AUTH_MODE: __, ...storage } = environment;
  const up = await archway(storage, "migrate up");
  assertEquals([up.code, up.stderr], [0, ""]);
  await untilReady(url);
  assertEquals((await archway(environment, "migrate down")).code, 0);
  await untilCheck(url, '"reason":"1 pending"');
  const { code, stderr } = await service.stop();
  assertEquals(code, 0);
  assertStringIncludes(stderr, "archway migrate up");
  assertStringIncludes(stderr, FILE);
});

Deno.test("archway does not start with applied files that have changed, and names them", async () => {
  await using database = await useTestDatabase();
  const environment = postgresEnvironment(database.instance);
  assertEquals((await archway(environment, "migrate up")).code, 0);
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("UPDATE archway_migration_checksums SET sha256 = 'another'");
  await using service = new Program({ ...environment, MIGRATE_ON_START: "true" });
  const { code, stderr } = await service.ended();
  assertEquals(code, 1);
  assertMatch(stderr, /^Migration [^\n]*create_contacts\.sql of contact_service[^\n]* has changed [^\n]+\n$/);
  assertStringIncludes((await archway(environment, "migrate status")).stdout, "changed since it was applied");
});

Deno.test("archway migrate up prints what it waits for", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_LOCK_TIMEOUT: "50ms" };
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
  await using program = await pool.withTx(async (tx) => {
    await tx.query("LOCK TABLE schema_migrations IN SHARE MODE");
    const program = new Program(environment, ["migrate", "up"]);
    // After its first attempt it pauses.
    const sql = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'ROLLBACK'";
    while ((await pool.writer().query(sql)).rowCount === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return program;
  });
  const { code, stdout, stderr } = await program.ended();
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, `Applied ${FILE}\n`);
  assertMatch(stderr, /^Waiting for a lock in 2026\d+_\w+\.sql; up to 30 attempts\n/);
});
