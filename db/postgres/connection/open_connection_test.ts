import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { PrivateCa, testWithPrivateCa } from "@archway/tools/support/private_ca.ts";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres, type StartPostgresOptions } from "@archway/tools/support/postgres/start_postgres.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import type { InstanceConfig } from "../pool_config.ts";
import { checkServer } from "./unsuitable_server_error.ts";

/** Passwords that SASLprep maps, normalizes, prohibits or keeps. */
const PASSWORDS = [
  "plain",
  "with space and ' \" \\ %",
  "pässwörd",
  "decomposed e\u0301",
  "roman \u2168",
  "ordinal \u00aa",
  "soft\u00adhyphen",
  "no\u00a0break",
  "control \u0007",
  "bidirectional \u06271",
  "unassigned 😀",
];

/** Starts a server with an access rule for everyone but its superuser. */
async function startWithAccess(
  rule: string,
  run: (server: PostgresServer, folder: string) => Promise<void>,
  { settings = {}, tls }: Pick<StartPostgresOptions, "settings" | "tls"> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_access_" });
  await Deno.chmod(folder, 0o755);
  await Deno.writeTextFile(`${folder}/pg_hba.conf`, `local all postgres trust\n${rule}\n`);
  await using server = await startPostgres({
    tcp: true,
    ...(tls !== undefined && { tls }),
    settings: { hba_file: `${folder}/pg_hba.conf`, ...settings },
    removeToo: folder,
  });
  await run(server, folder);
}

async function execute(instance: InstanceConfig, text: string): Promise<void> {
  await using admin = openPool({ primary: { ...instance, maxConnections: 1 }, replicas: [] });
  await admin.writer().query(text);
}

async function userOf(primary: InstanceConfig): Promise<unknown> {
  return await rowOf(primary, "SELECT current_user::text AS user");
}

async function rowOf(
  primary: InstanceConfig,
  text: string,
  values: readonly string[] = [],
): Promise<unknown> {
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  return (await pool.writer().query(text, values)).rows[0];
}

async function reasonOf(primary: InstanceConfig): Promise<string> {
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  const error = await assertRejects(() => pool.writer().query("SELECT 1"), DatabaseError);
  assertEquals(error.code, "unavailable");
  const [health] = await pool.health();
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  assertEquals([health?.healthy, health?.reason], [false, reason]);
  return reason;
}

// One server, since its start costs more than the tests.
Deno.test("openPool() authenticates with passwords as psql does", async (t) => {
  const rules = "local all +md5_users md5\nlocal all all scram-sha-256";
  await startWithAccess(rules, async ({ instance, tcpInstance }) => {
    await execute(instance, "CREATE ROLE md5_users");
    for (const method of ["scram-sha-256", "md5"]) {
      await t.step(`takes every password, with ${method}`, async () => {
        await execute(instance, `ALTER ROLE postgres SET password_encryption = '${method}'`);
        for (const [index, password] of PASSWORDS.entries()) {
          const user = `user_${index}_${method.slice(0, 3)}`;
          const literal = `'${password.replaceAll("'", "''")}'`;
          const group = method === "md5" ? "IN ROLE md5_users" : "";
          await execute(instance, `CREATE ROLE ${user} LOGIN PASSWORD ${literal} ${group}`);
          assertEquals(await userOf({ ...instance, user, password }), { user });
        }
        const stored = "SELECT count(*)::int AS count FROM pg_authid WHERE rolpassword ILIKE $1";
        assertEquals(await rowOf(instance, stored, [`${method}%`]), { count: PASSWORDS.length });
      });
    }
    await t.step("reads the password for each connection", async () => {
      await execute(instance, "ALTER ROLE postgres RESET password_encryption");
      await readsPasswords(instance);
    });
    await t.step("says that the server does not support TLS", async () => {
      const sentence =
        "TLS is required, and the server does not support it: set ssl = on there, or disable TLS here";
      for (const verify of [true, false]) {
        assertEquals(await reasonOf({ ...tcpInstance, tls: { verify } }), sentence);
      }
    });
  });
});

async function readsPasswords(instance: InstanceConfig): Promise<void> {
  await execute(instance, "CREATE ROLE ada LOGIN PASSWORD 'first'");
  let current = "first";
  const readPassword = (): Promise<string> => Promise.resolve(current);
  const primary = { ...instance, user: "ada", password: "ignored", maxConnections: 2, readPassword };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  await pool.withTx(async (tx) => {
    await tx.query("SELECT 1");
    await execute(instance, "ALTER ROLE ada PASSWORD 'second'");
    current = "second";
    // On another connection, while the transaction has the first.
    await pool.writer().query("SELECT 1");
  });
  await using other = openPool({
    primary: { ...primary, readPassword: () => Promise.reject(new Error("no token")) },
    replicas: [],
  });
  const { code, message } = await assertRejects(() => other.writer().query("SELECT 1"), DatabaseError);
  assertEquals([code, message], ["unavailable", "The password of the database could not be read"]);
}

testWithPrivateCa("openPool() authenticates by a client certificate of a private CA", async () => {
  await using authority = await PrivateCa.create();
  const issued = await authority.issue("ada");
  const [ca, cert, key] = await Promise.all([
    Deno.readTextFile(authority.certificate),
    Deno.readTextFile(issued.certificate),
    Deno.readTextFile(issued.key),
  ]);
  await startWithAccess("hostssl all ada 127.0.0.1/32 cert", async (server) => {
    await execute(server.instance, "CREATE ROLE ada LOGIN");
    const primary = { ...server.tcpInstance, user: "ada" };
    const tls = { ca, serverName: "localhost" };
    assertEquals(await userOf({ ...primary, tls: { ...tls, cert, key } }), { user: "ada" });
    for (
      const [wrong, reason] of [
        [tls, "requires a valid client certificate"],
        [{ serverName: "localhost", cert, key }, "SELF_SIGNED_CERT_IN_CHAIN"],
      ] as const
    ) {
      await using pool = openPool({ primary: { ...primary, tls: wrong }, replicas: [] });
      const error = await assertRejects(() => pool.writer().query("SELECT 1"), DatabaseError);
      assertStringIncludes(String(error.cause), reason);
    }
  }, { settings: { ssl_ca_file: authority.certificate }, tls: await authority.issue("localhost") });
});

Deno.test("openPool() says that a database has another encoding", async () => {
  await using database = await useTestDatabase();
  const name = `${database.instance.database}_latin`;
  const options = "TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'";
  await execute(database.instance, `CREATE DATABASE ${name} ENCODING 'LATIN1' ${options}`);
  try {
    assertEquals(
      await reasonOf({ ...database.instance, database: name }),
      "A database with encoding UTF8 is required, and this one has LATIN1: " +
        "create it with ENCODING 'UTF8' TEMPLATE template0",
    );
  } finally {
    await execute(database.instance, `DROP DATABASE ${name} WITH (FORCE)`);
  }
});

Deno.test("checkServer() names the version that is required and the one that is there", () => {
  checkServer({ version: 180_004, encoding: "UTF8" });
  const error = assertThrows(() => checkServer({ version: 160_010, encoding: "UTF8" }), DatabaseError);
  assertEquals(String(error.cause), "Error: PostgreSQL 18 or later is required, and the server is 16.10");
});
