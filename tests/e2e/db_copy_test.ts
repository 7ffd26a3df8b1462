import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, type ProgramResult, untilReady } from "@archway/tools/support/program.ts";

/** Password that must not appear in any output. */
const PASSWORD = "open-sesame";

/** Number of migrations; each has a row in two tables, versions and checksums. */
const MIGRATIONS = FIXTURE_MIGRATIONS.flatMap(({ directory }) => [...Deno.readDirSync(directory)]).length;

/** Number of tables: those of the migrations, and the two that record them. */
const TABLES = 2 +
  FIXTURE_MIGRATIONS.flatMap(({ directory }) =>
    [...Deno.readDirSync(directory)].flatMap(({ name }) =>
      Deno.readTextFileSync(`${directory}/${name}`).match(/^create table /gm) ?? []
    )
  ).length;

/** Same as in db/copy/copy_table.ts. */
const BATCH_SIZE = 5_000;

interface CopySetup extends AsyncDisposable {
  /** Variables that configure the embedded database. */
  readonly environment: Readonly<Record<string, string>>;
  readonly instance: InstanceConfig;
  readonly target: ConnectionPool;
  /** URL of the target. */
  readonly url: string;
}

async function setUp(): Promise<CopySetup> {
  const stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const { instance } = stack.use(await useTestDatabase());
  const target = stack.use(openPool({ primary: instance, replicas: [], transactionTimeoutMs: 0 }));
  return {
    environment: { EMBEDDED_DATA_DIR: folder },
    instance,
    target,
    url: urlOf(instance),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Returns a URL with a password, even if the server uses trust authentication. */
function urlOf({ host, port, user, password, database }: InstanceConfig): string {
  const secret = encodeURIComponent(password || PASSWORD);
  return `postgres://${user}:${secret}@${encodeURIComponent(host)}:${port}/${database}`;
}

async function archway(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<ProgramResult> {
  await using program = new Program(environment, args);
  const ending = await program.ended();
  assertFalse(`${ending.stdout}${ending.stderr}`.includes(PASSWORD), "The output contains the password");
  return ending;
}

async function fill(environment: Readonly<Record<string, string>>, contacts: number): Promise<void> {
  const { code, stderr } = await archway(environment, "fill", String(contacts));
  assertEquals(code, 0, stderr);
}

async function countContacts(pool: ConnectionPool): Promise<number> {
  const sql = "SELECT count(*)::int4 AS count FROM contacts";
  return (await pool.writer().query<{ count: number }>(sql)).rows[0]?.count ?? 0;
}

/**
 * Creates the tables of the target with a gate. Writing the second batch of contacts waits until the gate is opened.
 */
async function closeGate(
  target: ConnectionPool,
): Promise<{ readonly reached: () => Promise<void>; open(): void }> {
  await target.migrate(FIXTURE_MIGRATIONS);
  const writer = target.writer();
  await writer.query(`CREATE FUNCTION pass() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT copied FROM archway_copy_tables WHERE name = 'public.contacts') = ${2 * BATCH_SIZE} THEN
      PERFORM pg_advisory_xact_lock_shared(1);
    END IF;
    RETURN true;
  END $$`);
  await writer.query("ALTER TABLE contacts ADD CONSTRAINT gate CHECK (pass())");
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  target.withTx(async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock(1)");
    closed.resolve();
    await opened.promise;
  }).catch(closed.reject);
  await closed.promise;
  const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return {
    reached: async () => {
      while ((await writer.query(waiting)).rowCount === 0) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    open: opened.resolve,
  };
}

Deno.test("archway db copy migrates the service to a server with its contacts, and cursors remain valid", async () => {
  await using setup = await setUp();
  const { environment, instance, url } = setup;
  await fill(environment, 3);
  let id: string;
  let cursor: string;
  {
    await using embedded = new Program(environment);
    const service = await embedded.url;
    await untilReady(service);
    const created = await fetch(`${service}/v1/contacts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "Zoë \\ \"{,}' Ω" }),
    });
    id = (await created.json()).data.id;
    cursor = (await (await fetch(`${service}/v1/contacts?limit=2`)).json()).meta.nextCursor;
    const refused = await archway(environment, "db", "copy", "--to", url);
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertMatch(
      refused.stderr,
      /^archway db: The embedded database in \S+ is in use by another process: stop it first\n$/,
    );
    await embedded.stop();
  }
  const { code, stdout, stderr } = await archway({ ...environment, COPY_TO_URL: url }, "db", "copy");
  assertEquals(code, 0, stderr);
  assertMatch(
    stdout,
    new RegExp(`^Copied ${TABLES} tables with ${4 + 2 * MIGRATIONS} rows in [\\d.]+ s\nVerified: `),
  );
  assertStringIncludes(stdout, `  POSTGRES_PRIMARY_HOST=${instance.host}\n`);
  const [, secretFile = ""] = /HMAC_SECRET=<content of (.*)>/.exec(stdout) ?? [];
  const secret = (await Deno.readTextFile(secretFile)).trim();
  assertFalse(`${stdout}${stderr}`.includes(secret));

  await using program = new Program({ ...postgresEnvironment(instance), HMAC_SECRET: secret });
  const service = await program.url;
  await untilReady(service);
  assertEquals((await (await fetch(`${service}/v1/contacts/${id}`)).json()).data.name, "Zoë \\ \"{,}' Ω");
  const next = await fetch(`${service}/v1/contacts?limit=2&after=${cursor}`);
  const { data, meta } = await next.json();
  assertEquals([next.status, data.length, meta.nextCursor], [200, 2, undefined]);
  assertEquals((await archway(environment, "db", "copy", "--to", url)).code, 0);
});

Deno.test("archway db copy resumes with the interrupted batch after a kill", async () => {
  await using setup = await setUp();
  const { environment, target, url } = setup;
  const total = 3 * BATCH_SIZE + 1;
  await fill(environment, total);
  const gate = await closeGate(target);
  await using killed = new Program(environment, ["db", "copy", "--to", url]);
  await gate.reached();
  await killed.kill();
  gate.open();
  const { code, stdout, stderr } = await archway(environment, "db", "copy", "--to", url);
  assertEquals(code, 0, stderr);
  // The migrations' checksums are copied before the contacts, their versions after them.
  assertStringIncludes(
    stdout,
    `Copied ${TABLES} tables with ${(total + 2 * MIGRATIONS).toLocaleString("en")} rows`,
  );
  assertStringIncludes(
    stdout,
    ` s, ${(BATCH_SIZE + MIGRATIONS).toLocaleString("en")} of them by an earlier run\n`,
  );
  assertEquals(await countContacts(target), total);
  const again = await archway(environment, "db", "copy", "--to", url);
  assertEquals([again.code, again.stderr], [0, ""]);
  assertStringIncludes(again.stdout, "Nothing to do: the copy was completed at ");
});

Deno.test("archway db copy stops after a complete batch on SIGINT, reports it, and resumes", async () => {
  await using setup = await setUp();
  const { environment, target, url } = setup;
  const total = 3 * BATCH_SIZE + 1;
  await fill(environment, total);
  const gate = await closeGate(target);
  await using program = new Program(environment, ["db", "copy", "--to", url]);
  await gate.reached();
  program.signal("SIGINT");
  gate.open();
  const { code, stdout } = await program.ended();
  const left = await countContacts(target);
  assert(left === total || left % BATCH_SIZE === 0, `${left} contacts`);
  // The signal may have come too late for everything but the check.
  if (left < total) {
    assertEquals(code, 130);
    assertEquals(
      stdout,
      `Stopped with ${(left + MIGRATIONS).toLocaleString("en")} of ${
        (total + 2 * MIGRATIONS).toLocaleString("en")
      } rows copied; run the same command to continue\n`,
    );
  }
  assertEquals((await archway(environment, "db", "copy", "--to", url)).code, 0);
  assertEquals(await countContacts(target), total);
});

Deno.test("archway db copy reports errors in one line", async () => {
  await using setup = await setUp();
  const { environment, instance, target, url } = setup;
  const refuse = async (
    to: string,
    reason: RegExp,
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    const { code, stdout, stderr } = await archway({ ...environment, ...more }, "db", "copy", "--to", to);
    assertEquals([code, stdout], [1, ""], stderr);
    assertMatch(stderr, /^archway db: [^\n]+\n$/);
    assertMatch(stderr, reason);
  };
  await refuse(url, /No embedded database in \S+; set EMBEDDED_DATA_DIR to its data directory/);
  await fill(environment, 1);
  await refuse(
    `https://ann:${PASSWORD}@host/data`,
    /The target URL must be a URL such as postgres:/,
  );
  await refuse(`postgres://ann:${PASSWORD}@127.0.0.1:1/data`, /Copy could not start: .*ECONNREFUSED/);
  await refuse(`${url}_not`, /Copy could not start: .*database "\w+_not" does not exist/);
  await refuse(url, /external PostgreSQL is configured; use pg_dump/, postgresEnvironment(instance));
  await refuse(`${url}?sslmode=require`, /Copy could not start: /);
  const role = `guest_${instance.database}`;
  await target.writer().query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
  try {
    const guest = urlOf({ ...instance, user: role, password: PASSWORD });
    await refuse(guest, /cannot create tables in the schema public of the target/);
  } finally {
    await target.writer().query(`DROP ROLE ${role}`);
  }
  await target.writer().query("CREATE TABLE theirs AS SELECT 1 AS id");
  await refuse(url, /The target is not empty, public\.theirs has rows/);
});

Deno.test("archway db copy rejects invalid arguments with exit code 2 and its usage", async () => {
  for (const args of [[], ["copy"], ["copy", `--form=${PASSWORD}`], ["status", "--all"]]) {
    const { code, stdout, stderr } = await archway({ LOG_LEVEL: "info" }, "db", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(
      stderr,
      /^archway db: [^\n]+\nUsage: archway db copy --to <url>\n[^]*\n {7}archway db status \[--json\]\n$/,
    );
  }
});
