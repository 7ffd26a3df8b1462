import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { testWithEmbedded, useProgramStorage } from "@archway/tools/support/program_storage.ts";
import { startValkey } from "@archway/tools/support/valkey/start_valkey.ts";
import { testWithValkey } from "@archway/tools/support/valkey/test_with_valkey.ts";

const QUOTA = 4;

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_limits_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function list(url: string, headers: HeadersInit = {}): Promise<Response> {
  const response = await fetch(`${url}/v1/contacts`, { headers });
  await response.body?.cancel();
  return response;
}

let clients = 0;

/** Returns the number of allowed requests of a new client. Sends to all instances until all reject. */
async function allowed(urls: readonly string[]): Promise<number> {
  const client = `198.51.${clients >> 8}.${clients++ & 255}`;
  let passed = 0;
  for (let refused = 0; refused < urls.length;) {
    refused = 0;
    for (const url of urls) {
      const { status } = await list(url, { "X-Forwarded-For": client });
      if (status === 429) refused++;
      else passed++;
      assert(status === 200 || status === 429, `status ${status}`);
    }
  }
  return passed;
}

/** Waits for a condition. A busy machine can be slower than the timeout of the store, but only for a while. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1000 && !await holds(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert(await holds());
}

async function storeStatus(url: string): Promise<unknown> {
  const response = await fetch(`${url}/readyz?verbose`);
  const { checks }: { checks: { name: string; status: string }[] } = await response.json();
  assertEquals(response.status, 200);
  return checks.find(({ name }) => name === "rate_limit_store")?.status;
}

testWithValkey(
  "archway counts requests across instances, and per instance while the store is unavailable",
  async () => {
    await withFolder(async (folder) => {
      await using valkey = await startValkey({ password: "a planted password" });
      await Deno.writeTextFile(join(folder, "url"), `${valkey.url}\n`);
      const environment = {
        RATE_LIMIT: `${QUOTA}/1h`,
        RATE_LIMIT_URL_FILE: join(folder, "url"),
        TRUSTED_PROXIES: "127.0.0.0/8",
        AUTH_MODE: "none",
      };
      await using first = await useProgramStorage();
      await using second = await useProgramStorage();
      await using one = new Program({ ...first.variables, ...environment });
      await using other = new Program({ ...second.variables, ...environment });
      const urls = await Promise.all([one.url, other.url]);
      await Promise.all(urls.map(untilReady));
      await until(async () => await allowed(urls) === QUOTA);

      await valkey.kill();
      assertEquals(await allowed(urls), 2 * QUOTA);
      // A cached status may be reported for a moment.
      for (const url of urls) await until(async () => await storeStatus(url) === "degraded");

      assert(await valkey.start());
      await until(async () => await allowed(urls) === QUOTA);
      await until(async () => await storeStatus(urls[0] ?? "") === "ok");

      await valkey.pause();
      assertEquals(await allowed(urls), 2 * QUOTA);
      await valkey.resume();
      await until(async () => await allowed(urls) === QUOTA);

      const ended = await Promise.all([one.stop(), other.stop()]);
      for (const { code, stdout, stderr } of ended) {
        assertEquals(code, 0);
        assertMatch(stdout + stderr, /Rate-limit store unavailable/);
        assertFalse((stdout + stderr).includes("planted"));
      }
    });
  },
);

Deno.test("archway limits rates, reports the remaining quota, and lets scripts of configured origins read it", async () => {
  await using storage = await useProgramStorage();
  await using program = new Program({
    ...storage.variables,
    AUTH_MODE: "none",
    RATE_LIMIT_ROUTES: "listContacts=2/1h",
    CORS_ORIGINS: "https://app.example",
  });
  const url = await program.url;
  await untilReady(url);
  const origin = { Origin: "https://app.example", "X-Forwarded-For": "198.51.100.1" };
  const first = await list(url, origin);
  assertEquals(first.status, 200);
  assertEquals(first.headers.get("RateLimit-Policy"), '"listContacts";q=2;w=3600');
  assertMatch(first.headers.get("RateLimit") ?? "", /^"listContacts";r=1;t=\d+$/);
  assertEquals(first.headers.get("Access-Control-Allow-Origin"), "https://app.example");
  const exposed = first.headers.get("Access-Control-Expose-Headers")?.split(", ") ?? [];
  for (const name of ["ETag", "Link", "Consistency-Token", "RateLimit", "Retry-After"]) {
    assert(exposed.includes(name), name);
  }
  // Not configured to trust this header.
  await list(url, { "X-Forwarded-For": "198.51.100.2" });
  const refused = await list(url, { ...origin, "X-Forwarded-For": "198.51.100.3" });
  assertEquals(refused.status, 429);
  assertMatch(refused.headers.get("Retry-After") ?? "", /^\d+$/);
  assertEquals((await fetch(`${url}/problems/rate-limited`)).status, 200);
  const preflight = await fetch(`${url}/v1/contacts`, {
    method: "OPTIONS",
    headers: { ...origin, "Access-Control-Request-Method": "POST" },
  });
  assertEquals(preflight.status, 204);
  assertStringIncludes(preflight.headers.get("Access-Control-Allow-Methods") ?? "", "POST");
  const allowedHeaders = preflight.headers.get("Access-Control-Allow-Headers")?.split(", ") ?? [];
  for (const name of ["Authorization", "Content-Type", "If-Match", "Consistency-Token"]) {
    assert(allowedHeaders.includes(name), name);
  }
  const { stdout, stderr } = await program.stop();
  assertMatch(stdout + stderr, /Forwarded request without TRUSTED_PROXIES/);
});

testWithEmbedded(
  "archway does not start with a rate for an unknown operation, or an unreadable secret",
  async () => {
    await withFolder(async (folder) => {
      await using program = new Program({ EMBEDDED_DATA_DIR: folder, RATE_LIMIT_ROUTES: "planted=2/1h" });
      const { code, stderr } = await program.ended();
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /RATE_LIMIT_ROUTES names an unknown operation; expected one of: .*createContact/,
      );
      assertFalse(stderr.includes("planted"));
      await using copying = new Program({ COPY_TO_URL_FILE: join(folder, "planted") }, ["db", "copy"]);
      const ended = await copying.ended();
      assertEquals([ended.code, ended.stderr.split("\n").length], [1, 3]);
      assertStringIncludes(ended.stderr, "COPY_TO_URL_FILE names a file that cannot be read");
    });
  },
);
