import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { makeKey, TestIssuer } from "@archway/server/auth/testing/test_issuer.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import {
  type ProgramStorage,
  testWithEmbedded,
  useProgramStorage,
} from "@archway/tools/support/program_storage.ts";

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_auth_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function issued(issuer: TestIssuer, storage: ProgramStorage): Readonly<Record<string, string>> {
  return {
    ...storage.variables,
    AUTH_JWKS_URL: issuer.url.href,
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: TestIssuer.audience,
    AUTH_JWKS_COOLDOWN: "0s",
  };
}

async function list(url: string, token?: string): Promise<Response> {
  const headers: HeadersInit = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/v1/contacts`, { headers });
  await response.body?.cancel();
  return response;
}

async function create(url: string, token: string): Promise<string> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: '{"name":"Ada"}',
  });
  await response.body?.cancel();
  assertEquals(response.status, 201);
  return `${url}${response.headers.get("Location")}`;
}

async function statusOf(url: string, token: string): Promise<number> {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  await response.body?.cancel();
  return response.status;
}

async function run(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): ReturnType<Program["ended"]> {
  await using program = new Program(environment, args);
  return await program.ended();
}

const READ = { scope: "contacts:read" };

Deno.test("archway only accepts tokens of its issuer, through a rotation and an outage", async () => {
  await using storage = await useProgramStorage();
  await using issuer = await TestIssuer.start("RS256");
  await using program = new Program(issued(issuer, storage));
  const url = await program.url;
  await untilReady(url);
  const first = await issuer.sign(READ);
  assertEquals((await list(url, first)).status, 200);
  const none = await list(url);
  assertEquals([none.status, none.headers.get("WWW-Authenticate")], [401, 'Bearer realm="archway"']);
  const forged = await list(url, await issuer.sign(READ, await makeKey("RS256")));
  assertEquals(forged.status, 401);
  assertStringIncludes(forged.headers.get("WWW-Authenticate") ?? "", 'error="invalid_token"');
  const scopeless = await list(url, await issuer.sign());
  assertEquals(scopeless.status, 403);
  assertStringIncludes(scopeless.headers.get("WWW-Authenticate") ?? "", 'scope="contacts:read"');

  await issuer.rotate();
  assertEquals((await list(url, await issuer.sign(READ))).status, 200);
  assertEquals((await list(url, first)).status, 200);

  issuer.respond = () => new Response(null, { status: 503 });
  assertEquals((await list(url, await issuer.sign(READ))).status, 200);
  await issuer.rotate();
  const second = await issuer.sign(READ);
  // It may be valid, which cannot be determined now.
  const unknown = await list(url, second);
  assertEquals([unknown.status, unknown.headers.get("Retry-After")], [503, "5"]);
  issuer.respond = undefined;
  assertEquals((await list(url, second)).status, 200);

  const { code, stdout, stderr } = await program.stop();
  assertEquals(code, 0);
  assertStringIncludes(stderr, "Verification keys of access tokens unavailable");
  for (const token of [first, second]) assertFalse(`${stdout}${stderr}`.includes(token.slice(-20)));
});

Deno.test("archway shows a contact to its creator and to administrators", async () => {
  await using storage = await useProgramStorage();
  await using issuer = await TestIssuer.start();
  await using program = new Program(issued(issuer, storage));
  const url = await program.url;
  await untilReady(url);
  const scope = "contacts:read contacts:write";
  const contact = await create(url, await issuer.sign({ sub: "ada", scope }));
  const statuses = [
    await statusOf(contact, await issuer.sign({ sub: "ada", scope })),
    await statusOf(contact, await issuer.sign({ sub: "bob", scope })),
    await statusOf(contact, await issuer.sign({ sub: "bob", scope: `${scope} contacts:admin` })),
  ];
  assertEquals(statuses, [200, 404, 200]);
});

Deno.test("archway starts without the keys of its issuer, is not ready, and recovers by itself", async () => {
  await using storage = await useProgramStorage();
  await using issuer = await TestIssuer.start();
  issuer.respond = () => new Response(null, { status: 500 });
  await using program = new Program(issued(issuer, storage));
  const url = await program.url;
  const ready = await fetch(`${url}/readyz?verbose`);
  assertEquals(ready.status, 503);
  assertStringIncludes(await ready.text(), '"name":"verification_keys","status":"unavailable"');
  const token = await issuer.sign(READ);
  const before = await list(url, token);
  assertEquals([before.status, before.headers.get("Retry-After")], [503, "5"]);
  assertEquals((await list(url)).status, 401);
  issuer.respond = undefined;
  await untilReady(url);
  assertEquals((await list(url, token)).status, 200);
  const { stdout, stderr } = await program.stop();
  const failures = stderr.split("\n").filter((line) => line.includes("Verification keys of"));
  assertEquals(failures.length, 1, stderr);
  assertStringIncludes(failures[0] ?? "", "Fetching the keys failed with status 500");
  assertStringIncludes(stdout, "Verification keys of access tokens available again");
});

Deno.test("archway verifies tokens with a key file, and does not start without it", async () => {
  await using storage = await useProgramStorage();
  await using issuer = await TestIssuer.start("EdDSA");
  const { AUTH_JWKS_URL: _, ...rest } = issued(issuer, storage);
  const environment = { ...rest, AUTH_KEY_FILE: `${storage.folder}/keys.json` };
  const missing = await run(environment);
  assertEquals(missing.code, 1);
  assertFalse(missing.stdout.includes("http://"), "It must not listen");
  assertMatch(missing.stderr, /^Invalid configuration:\n {2}AUTH_KEY_FILE cannot be used: NotFound\n$/);
  await Deno.writeTextFile(environment.AUTH_KEY_FILE, JSON.stringify({ keys: issuer.published }));
  await using program = new Program(environment);
  const url = await program.url;
  await untilReady(url);
  assertEquals((await list(url, await issuer.sign(READ))).status, 200);
  assertEquals((await list(url)).status, 401);
  assertEquals(issuer.requests, 0);
});

testWithEmbedded("archway does not start on a public address without authentication settings", async () => {
  await withFolder(async (folder) => {
    for (const environment of [{ HOST: "0.0.0.0" }, { PUBLIC_URL: "https://api.example.com" }]) {
      const { code, stdout, stderr } = await run({ EMBEDDED_DATA_DIR: folder, ...environment });
      assertEquals([code, stdout], [1, ""]);
      assertMatch(
        stderr,
        /^Invalid configuration:\n {2}AUTH_MODE is required .*AUTH_JWKS_URL.*AUTH_MODE=none/,
      );
      const development = await run({ EMBEDDED_DATA_DIR: folder, AUTH_MODE: "dev", ...environment });
      assertMatch(development.stderr, /AUTH_MODE can be dev only with the embedded database and on loopback/);
      assertEquals(development.code, 1);
    }
  });
});

testWithEmbedded("archway token only prints a token, which is accepted in development", async () => {
  await withFolder(async (folder) => {
    const environment = { EMBEDDED_DATA_DIR: folder, AUTH_MODE: "dev" };
    const early = await run(environment, "token", "--subject", "ada");
    assertEquals([early.code, early.stderr], [0, ""]);
    assertMatch(early.stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    await using program = new Program(environment);
    const url = await program.url;
    await untilReady(url);
    const late = await run(
      { EMBEDDED_DATA_DIR: folder },
      "token",
      "--scope",
      "contacts:write",
      "--expires",
      "5m",
    );
    assertEquals(late.stderr, "archway token: only a service with AUTH_MODE=dev accepts this token\n");
    assertEquals((await list(url, early.stdout.trim())).status, 200);
    assertEquals((await list(url, late.stdout.trim())).status, 403);
    assertEquals((await list(url)).status, 401);
    const { stdout } = await program.stop();
    assert(stdout.includes("Accepting development tokens"));
  });
});

Deno.test("archway token creates none for an external database", async () => {
  const { code, stdout, stderr } = await run({
    POSTGRES_PRIMARY_HOST: "127.0.0.1",
    POSTGRES_PRIMARY_USER: "x",
    POSTGRES_PRIMARY_PASSWORD: "x",
    POSTGRES_PRIMARY_DATABASE: "x",
    HMAC_SECRET: "a secret of more than 32 bytes for a test",
  }, "token");
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^archway token: [^\n]+\n$/);
});
