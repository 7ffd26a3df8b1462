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
  await assertRejects(() => fetchKeys(issuer.url, { timeoutMs: 50 }), KeysError);
  resolve(new Response());
  await issuer[Symbol.asyncDispose]();
  await assertRejects(() => fetchKeys(issuer.url), KeysError);
});
