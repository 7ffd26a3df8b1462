import { assertEquals, assertMatch } from "@std/assert";
import { rawExchange } from "@archway/server/testing/raw_exchange.ts";
import { RawClient } from "@archway/server/testing/raw_client.ts";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { Program } from "@archway/tools/support/program.ts";
import { testWithEmbedded, useProgramStorage } from "@archway/tools/support/program_storage.ts";

/** Returns the variables for TLS with a key of the tests. */
function tlsVariables(key: "first" | "second"): Record<string, string> {
  const files = tlsFiles("first", key);
  return { TLS_CERT_FILE: files.certificate, TLS_KEY_FILE: files.key };
}

Deno.test("archway serves TLS and ends slow handshakes", async () => {
  await using storage = await useProgramStorage();
  await using program = new Program({
    ...tlsVariables("first"),
    ...storage.variables,
    AUTH_MODE: "none",
    READ_TIMEOUT: "5s",
  });
  const url = await program.url;
  assertMatch(url, /^https:/);
  using slow = await RawClient.open(url);
  await slow.send("\x16\x03\x01\x02\x00\x01");
  using client = Deno.createHttpClient({
    caCerts: [await Deno.readTextFile(tlsFiles("first").certificate)],
  });
  const live = await fetch(`${url}/livez`, { client });
  await live.body?.cancel();
  assertEquals([live.status, live.headers.get("strict-transport-security")], [200, "max-age=31536000"]);
  assertEquals(await slow.readAll(), "");
  assertEquals((await program.stop()).code, 0);
});

Deno.test("archway disconnects slow clients if configured", async () => {
  await using storage = await useProgramStorage();
  await using program = new Program({
    SLOW_CLIENT_GUARD: "on",
    ...storage.variables,
    AUTH_MODE: "none",
    READ_TIMEOUT: "2s",
  });
  using slow = await RawClient.open(await program.url);
  await slow.send("GET /livez HTTP/1.1\r\nHost: x\r\n");
  assertMatch(await slow.readAll(), /^HTTP\/1\.1 408 /);
  assertEquals((await program.stop()).code, 0);
});

testWithEmbedded(
  "archway does not start with a key of another certificate, and reports it in one line",
  async () => {
    const directory = await Deno.makeTempDir();
    try {
      await using program = new Program({ ...tlsVariables("second"), EMBEDDED_DATA_DIR: directory });
      const { code, stderr } = await program.ended();
      assertEquals(code, 1);
      assertEquals(stderr, "Cannot use TLS: the certificate does not match the key\n");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

testWithEmbedded(
  "archway rejects public host names on loopback without authentication, and with tokens for everyone",
  async () => {
    const directory = await Deno.makeTempDir();
    const statuses = async (url: string): Promise<readonly (string | undefined)[]> => {
      const statuses: (string | undefined)[] = [];
      for (const host of ["127.0.0.1", "localhost:1", "evil.example.com"]) {
        const head = `GET /v1/contacts HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        statuses.push((await rawExchange(url, head)).split(" ", 2)[1]);
      }
      return statuses;
    };
    try {
      {
        await using open = new Program({ EMBEDDED_DATA_DIR: directory });
        assertEquals(await statuses(await open.url), ["200", "200", "421"]);
        await open.stop();
      }
      await using known = new Program({ EMBEDDED_DATA_DIR: directory, AUTH_MODE: "dev" });
      assertEquals(await statuses(await known.url), ["401", "401", "421"]);
      await known.stop();
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);
