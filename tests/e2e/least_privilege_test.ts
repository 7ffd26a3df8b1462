import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import createClient from "openapi-fetch";
import postgres from "postgres";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { paths } from "@archway/tools/support/contact_service/api/contactapi/server.gen.ts";
import { execute, ROLES } from "@archway/tools/support/postgres/execute.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

async function untilCheck(url: string, text: string): Promise<void> {
  while (true) {
    const response = await fetch(`${url}/readyz?verbose`);
    if ((await response.text()).includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("archway serves all operations as a role that owns nothing, with replicas and consistency tokens", async () => {
  await using primary = await startPostgres();
  const superuser = await primary.createDatabase("archway");
  const owner = { ...superuser, user: "archway_owner" };
  const app = { ...superuser, user: "archway_app" };
  await execute(superuser, ROLES);
  await using standby = await startStandby(primary);
  await using program = new Program({
    ...postgresEnvironment(app),
    POSTGRES_REPLICA_0_HOST: standby.instance.host,
  });
  const url = await program.url;
  await untilCheck(url, ' pending"');

  await using asApp = new Program(postgresEnvironment(app), ["migrate", "up"]);
  const refused = await asApp.ended();
  assertEquals(refused.code, 1);
  assertMatch(
    refused.stderr,
    /^archway migrate: The statement failed: permission denied for schema public \(42501\)\n$/,
  );
  await using asOwner = new Program(postgresEnvironment(owner), ["migrate", "up"]);
  const migrated = await asOwner.ended();
  assertEquals([migrated.code, migrated.stderr], [0, ""]);
  // It can be repeated when tables exist, and revokes nothing.
  await execute(superuser, ROLES);

  await untilReady(url);
  await standby.catchUp(primary);
  await untilCheck(url, '"name":"replica_0","status":"ok"');
  await serveContacts(url);

  // While replay is paused, only the primary has the position of the token.
  await standby.pauseReplay();
  const { data, response } = await createClient<paths>({ baseUrl: url })
    .POST("/v1/contacts", { body: { name: "Grace" } });
  const path = `/v1/contacts/${data?.data.id}`;
  assertEquals(await statusOf(url + path), 404);
  assertEquals(await statusOf(url + path, response.headers.get("consistency-token") ?? ""), 200);
  await standby.resumeReplay();

  await using status = new Program({
    ...postgresEnvironment(app),
    POSTGRES_REPLICA_0_HOST: standby.instance.host,
  }, ["db", "status"]);
  assertEquals((await status.ended()).code, 0);
  await using command = new Program(postgresEnvironment(app), ["fill", "10"]);
  assertEquals(await command.ended().then(({ code, stdout }) => [code, stdout]), [0, "Added 10 contacts\n"]);
  const { code, stderr } = await program.stop();
  assertEquals(code, 0);
  // The only warning is about this.
  assertMatch(stderr, /^[^\n]*Waiting for pending migrations[^\n]*archway migrate up[^\n]*\n$/);
});

/** Sends a request for every operation on contacts. */
async function serveContacts(url: string): Promise<void> {
  const client = createClient<paths>({ baseUrl: url });
  const created = await client.POST("/v1/contacts", { body: { name: "Ada", email: "ada@example.com" } });
  assertEquals(created.response.status, 201);
  const path = { id: created.data?.data.id ?? "" };
  const token = created.response.headers.get("consistency-token") ?? "";
  const read = await client.GET("/v1/contacts/{id}", {
    params: { path },
    headers: { "Consistency-Token": token },
  });
  assertEquals(read.data?.data.name, "Ada");
  let etag = read.response.headers.get("etag") ?? "";
  const replaced = await client.PUT("/v1/contacts/{id}", {
    params: { path, header: { "If-Match": etag } },
    body: { name: "Ada Lovelace" },
  });
  assertEquals(replaced.response.status, 200);
  etag = replaced.response.headers.get("etag") ?? "";
  const patched = await client.PATCH("/v1/contacts/{id}", {
    params: { path, header: { "If-Match": etag } },
    body: { age: 36 },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
  assertEquals(patched.response.status, 200);
  etag = patched.response.headers.get("etag") ?? "";
  const list = await client.GET("/v1/contacts", {
    params: { query: { name: "ada" } },
    headers: { "Consistency-Token": patched.response.headers.get("consistency-token") ?? "" },
  });
  assertEquals(list.data?.data.map(({ id }) => id), [path.id]);
  const deleted = await client.DELETE("/v1/contacts/{id}", {
    params: { path, header: { "If-Match": etag } },
  });
  assertEquals(deleted.response.status, 204);
}

async function statusOf(url: string, token?: string): Promise<number> {
  const response = await fetch(url, { headers: token === undefined ? {} : { "Consistency-Token": token } });
  await response.body?.cancel();
  return response.status;
}

/** Statements that the role of the service must not be able to execute when the tables exist. */
const FORBIDDEN = [
  "CREATE TABLE planted (id int)",
  "CREATE TEMPORARY TABLE planted (id int)",
  "CREATE SCHEMA planted",
  "CREATE EXTENSION citext",
  "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  "CREATE INDEX ON contacts (age)",
  "CREATE ROLE planted",
  "CREATE DATABASE planted",
  "ALTER TABLE contacts ADD COLUMN planted int",
  "ALTER TABLE contacts DISABLE TRIGGER ALL",
  "ALTER TABLE contacts OWNER TO archway_app",
  "ALTER ROLE archway_app SUPERUSER",
  "GRANT archway_owner TO archway_app",
  "SET ROLE archway_owner",
  "SET ROLE postgres",
  "DROP TABLE contacts",
  "DROP SCHEMA public CASCADE",
  "DROP DATABASE archway",
  "TRUNCATE contacts",
  "ALTER TABLE contacts RENAME TO planted",
  "INSERT INTO schema_migrations VALUES ('1')",
  "DELETE FROM schema_migrations",
  "UPDATE archway_migration_checksums SET sha256 = ''",
  "COPY contacts TO PROGRAM 'true'",
  "COPY contacts TO '/tmp/planted'",
  "SELECT pg_read_file('postgresql.conf')",
  "SELECT rolpassword FROM pg_authid",
];

Deno.test("db/roles.sql only grants access to rows to the role of the service", async (t) => {
  await using server = await startPostgres();
  const superuser = await server.createDatabase("archway");
  const owner = { ...superuser, user: "archway_owner" };
  const app = { ...superuser, user: "archway_app" };
  // A role of that name may have had more privileges before.
  await execute(superuser, "CREATE ROLE archway_app LOGIN SUPERUSER CREATEDB CREATEROLE");
  await execute(superuser, ROLES);
  await using program = new Program(postgresEnvironment(owner), ["migrate", "up"]);
  assertEquals((await program.ended()).code, 0);
  for (const statement of FORBIDDEN) {
    await t.step(statement, async () => {
      const error = await assertRejects(() => execute(app, statement), postgres.PostgresError);
      assertEquals(error.code, "42501", error.message);
    });
  }
  await t.step("it owns nothing", async () => {
    const rows = await execute(
      superuser,
      `SELECT classid::regclass::text FROM pg_shdepend WHERE refobjid = 'archway_app'::regrole AND deptype = 'o'`,
    );
    assertEquals(rows, []);
  });
  await t.step("it may use tables of later migrations", async () => {
    await execute(
      owner,
      "CREATE TABLE later (id int GENERATED ALWAYS AS IDENTITY, number serial, name text)",
    );
    await execute(
      app,
      "INSERT INTO later (name) VALUES ('a'); UPDATE later SET name = 'b'; DELETE FROM later",
    );
    assertEquals(await execute(app, "SELECT * FROM later"), []);
  });
  await t.step("no other role may connect", async () => {
    await execute(superuser, "CREATE ROLE other LOGIN");
    await assertRejects(
      () => execute({ ...superuser, user: "other" }, "SELECT 1"),
      postgres.PostgresError,
    );
  });
});

Deno.test("archway warns of a database role with excessive privileges", async () => {
  await using server = await startPostgres();
  const superuser = await server.createDatabase("archway");
  const owner = { ...superuser, user: "archway_owner" };
  await execute(superuser, ROLES);
  assertStringIncludes(await logOf(owner, "true"), '"Applied migrations');
  await logOf(owner, "false", /"role":"archway_owner","privileges":"owner of the tables"/);
  // The role that migrates must own the tables.
  assertFalse((await logOf(owner, "true")).includes("excessive privileges"));
  await logOf(superuser, "false", /"role":"postgres","privileges":"superuser"/);
});

/** Returns the log of the program from its start until it is ready, and has logged a warning, which it does in the background. */
async function logOf(instance: InstanceConfig, migrateOnStart: string, warning?: RegExp): Promise<string> {
  await using program = new Program({ ...postgresEnvironment(instance), MIGRATE_ON_START: migrateOnStart });
  await untilReady(await program.url);
  if (warning !== undefined) await program.untilMatch(warning, "stderr");
  const { code, stdout, stderr } = await program.stop();
  assertEquals(code, 0);
  return stdout + stderr;
}

Deno.test("db/roles.sql can be run by the administrator of a managed server, who is no superuser", async () => {
  await using server = await startPostgres();
  const superuser = await server.createDatabase("archway");
  const [administrator, owner, app] = ["administrator", "archway_owner", "archway_app"].map((user) => ({
    ...superuser,
    user,
  }));
  assert(administrator && owner && app);
  await execute(
    superuser,
    "CREATE ROLE administrator LOGIN CREATEROLE; ALTER DATABASE archway OWNER TO administrator",
  );
  await execute(administrator, ROLES);
  await using program = new Program(postgresEnvironment(owner), ["migrate", "up"]);
  assertEquals((await program.ended()).code, 0);
  // With tables of the owner, and again.
  await execute(administrator, ROLES);
  assertEquals(await execute(app, "SELECT * FROM contacts"), []);
  for (const statement of ["TRUNCATE contacts", "CREATE TABLE planted (id int)"]) {
    const error = await assertRejects(() => execute(app, statement), postgres.PostgresError);
    assertEquals(error.code, "42501", error.message);
  }
  // It has not become a member of the owner.
  const error = await assertRejects(
    () => execute(administrator, "SELECT * FROM contacts"),
    postgres.PostgresError,
  );
  assertEquals(error.code, "42501");
  await execute(superuser, "ALTER ROLE archway_app CREATEDB");
  await assertRejects(
    () => execute(administrator, ROLES),
    postgres.PostgresError,
    "Only a superuser can reset the privileges of archway_app",
  );
});
