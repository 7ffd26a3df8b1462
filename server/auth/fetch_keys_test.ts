import { assertEquals, assertRejects } from "@std/assert";
import { fetchKeys } from "./fetch_keys.ts";
import { KeysError } from "./parse_keys.ts";
import { TestIssuer } from "./testing/test_issuer.ts";

Deno.test("fetchKeys() returns the text of the keys", async () => {
  await using issuer = await TestIssuer.start();
  assertEquals(JSON.parse(await fetchKeys(issuer.url)), { keys: issuer.published });
});

Deno.test("fetchKeys() rejects any other response", async () => {
  await using issuer = await TestIssuer.start();
  await using other = await TestIssuer.start();
  const responses: Readonly<Record<string, () => Response>> = {
    "a failure": () => new Response("no", { status: 500 }),
    "nothing": () => new Response(null, { status: 204 }),
    "a redirect": () => Response.redirect(other.url, 302),
    "a large body": () => new Response(new Uint8Array(300_000)),
    "invalid UTF-8": () => new Response(new Uint8Array([0xff, 0xfe])),
  };
  for (const [name, respond] of Object.entries(responses)) {
    issuer.respond = respond;
    await assertRejects(() => fetchKeys(issuer.url), KeysError, undefined, name);
  }
  assertEquals(other.requests, 0);
});

Deno.test("fetchKeys() rejects if there is no response", async () => {
  const issuer = await TestIssuer.start();
  const { promise, resolve } = Promise.withResolvers<Response>();
  issuer.respond = () => promise;
  const failed = "Fetching the keys failed: ";
  await assertRejects(() => fetchKeys(issuer.url, { timeoutMs: 50 }), KeysError, `${failed}timed out`);
  resolve(new Response());
  await issuer[Symbol.asyncDispose]();
  await assertRejects(
    () => fetchKeys(issuer.url),
    KeysError,
    `${failed}tcp connect error: Connection refused`,
  );
  const unknown = new URL("https://issuer.invalid/");
  await assertRejects(() => fetchKeys(unknown, { timeoutMs: 60_000 }), KeysError, `${failed}dns error: `);
});

Deno.test("fetchKeys() uses no proxy for loopback, which could replace the keys", async () => {
  await using issuer = await TestIssuer.start();
  await using proxy = await TestIssuer.start();
  const { url: { origin } } = proxy;
  const module = import.meta.resolve("./fetch_keys.ts");
  const port = issuer.url.port;
  for (const host of ["127.0.0.1", "localhost"]) {
    const url = `http://${host}:${port}/jwks.json`;
    const script = `import { fetchKeys } from "${module}"; console.log(await fetchKeys(new URL("${url}")));`;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", script],
      cwd: new URL("../../", import.meta.url),
      env: { HTTP_PROXY: origin, http_proxy: origin, ALL_PROXY: origin, NO_PROXY: "", no_proxy: "" },
      stderr: "null",
    }).output();
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), { keys: issuer.published }, host);
  }
  assertEquals(proxy.requests, 0);
});
