import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { Program, type ProgramResult, untilReady } from "@archway/tools/support/program.ts";
import { testWithEmbedded } from "@archway/tools/support/program_storage.ts";

const CREATE = ["keys", "create", "--name", "Importer", "--subject", "ada", "--scope"];

async function archway(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<ProgramResult> {
  await using program = new Program(environment, args);
  return await program.ended();
}

/** Creates a key by the command, which prints it alone. */
async function createKey(
  environment: Readonly<Record<string, string>>,
  scope: string,
  ...args: string[]
): Promise<string> {
  const { code, stdout, stderr } = await archway(environment, [...CREATE, scope, ...args]);
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^ak_[0-9a-f]{16}_[0-9a-f]{64}\n$/);
  assertMatch(stderr, /^Created key [0-9a-f]{16} of ada, with contacts:.*shown again\n$/);
  return stdout.trim();
}

async function post(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: '{"name":"Ada"}',
  });
  await response.body?.cancel();
  return response;
}

Deno.test("archway keys creates keys that the API accepts until they are revoked", async () => {
  await using database = await useTestDatabase();
  const environment = {
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    AUTH_MODE: "keys",
    AUTH_API_KEY_TTL: "0s",
  };
  const key = await createKey(environment, "contacts:read contacts:write", "--expires", "90d");
  const reader = await createKey(environment, "contacts:read");
  await using program = new Program(environment);
  const url = await program.url;
  await untilReady(url);

  const none = await post(url, {});
  assertEquals([none.status, none.headers.get("WWW-Authenticate")], [
    401,
    'Bearer realm="archway", ApiKey realm="archway", in="header", name="X-API-Key", ' +
    'Basic realm="archway", charset="UTF-8"',
  ]);
  assertEquals((await post(url, { "X-API-Key": reader })).status, 403);
  assertEquals((await post(url, { "X-API-Key": `${key}0` })).status, 401);
  const created = await post(url, { "X-API-Key": key });
  assertEquals(created.status, 201);
  const password = btoa(`${key.slice(0, 19)}:${key.slice(20)}`);
  assertEquals((await post(url, { Authorization: `Basic ${password}` })).status, 201);
  // With AUTH_MODE=keys, bearer tokens are keys; the contact belongs to the subject.
  const read = await fetch(`${url}${created.headers.get("Location")}`, {
    headers: { Authorization: `Bearer ${reader}` },
  });
  await read.body?.cancel();
  assertEquals(read.status, 200);

  const listed = await archway(environment, ["keys", "list", "--json"]);
  const keys: Record<string, string>[] = JSON.parse(listed.stdout);
  assertEquals(keys.map(({ id, name, subject, status }) => [id, name, subject, status]), [
    [key.slice(3, 19), "Importer", "ada", "active"],
    [reader.slice(3, 19), "Importer", "ada", "active"],
  ]);
  assertEquals(keys.map(({ lastUsedAt, expiresAt }) => [typeof lastUsedAt, typeof expiresAt]), [
    ["string", "string"],
    ["string", "undefined"],
  ]);
  assertFalse(listed.stdout.includes(key.slice(20)));

  assertEquals((await archway(environment, ["keys", "revoke", key.slice(0, 19)])).code, 0);
  assertEquals((await post(url, { "X-API-Key": key })).status, 401);
  const { stdout } = await archway(environment, ["keys", "list"]);
  assertMatch(stdout, /^ID +STATUS +NAME +SUBJECT +SCOPES +CREATED +EXPIRES +LAST USED\n/);
  assertMatch(
    stdout,
    new RegExp(`${key.slice(3, 19)} +revoked +Importer +ada +contacts:read contacts:write `),
  );
  const again = await archway(environment, ["keys", "revoke", "0000000000000000"]);
  assertEquals(again, {
    code: 1,
    stdout: "",
    stderr: "archway keys: no such key; list shows the IDs of all keys\n",
  });

  const output = await program.stop();
  for (const secret of [key, reader]) {
    assertFalse(`${output.stdout}${output.stderr}`.includes(secret.slice(20)));
  }
});

testWithEmbedded("archway keys works on the embedded database, also beside the service", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_keys_" });
  try {
    const environment = { EMBEDDED_DATA_DIR: folder, AUTH_MODE: "dev" };
    const key = await createKey(environment, "contacts:write");
    const call = async (): Promise<number> => {
      await using program = new Program(environment);
      const url = await program.url;
      await untilReady(url);
      const { status } = await post(url, { "X-API-Key": key });
      const { stdout } = await archway(environment, ["keys", "list"]);
      assertStringIncludes(stdout, key.slice(3, 19));
      await program.stop();
      return status;
    };
    assertEquals(await call(), 201);
    const revoked = await archway(environment, ["keys", "revoke", key.slice(3, 19)]);
    assertEquals(revoked.code, 0, revoked.stderr);
    assertEquals(await call(), 401);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("archway keys rejects invalid arguments with exit code 2 and its usage", async () => {
  const { code, stdout, stderr } = await archway({}, ["keys", "create"]);
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "archway keys: --name is required");
  assertStringIncludes(stderr, "Usage: archway keys create --name <name>");
});
