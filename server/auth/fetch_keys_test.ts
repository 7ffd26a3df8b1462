import { assertEquals, assertRejects } from "@std/assert";
import { fetchKeys } from "./fetch_keys.ts";
import { KeysError } from "./parse_keys.ts";
import { TestIssuer } from "./testing/test_issuer.ts";

Deno.test("fetchKeys() gives the text of the keys", async () => {
  await using issuer = await TestIssuer.start();
  assertEquals(JSON.parse(await fetchKeys(issuer.url)), { keys: issuer.published });
});

Deno.test("fetchKeys() refuses every other answer", async () => {
  await using issuer = await TestIssuer.start();
  await using other = await TestIssuer.start();
  const answers: Readonly<Record<string, () => Response>> = {
    "a failure": () => new Response("no", { status: 500 }),
    "nothing": () => new Response(null, { status: 204 }),
    "the way to somewhere else": () => Response.redirect(other.url, 302),
    "a flood": () => new Response(new Uint8Array(300_000)),
    "bytes that are no text": () => new Response(new Uint8Array([0xff, 0xfe])),
  };
  for (const [why, answer] of Object.entries(answers)) {
    issuer.answer = answer;
    await assertRejects(() => fetchKeys(issuer.url), KeysError, undefined, why);
  }
  assertEquals(other.requests, 0);
});

Deno.test("fetchKeys() gives up where there is no answer", async () => {
  const issuer = await TestIssuer.start();
  const { promise, resolve } = Promise.withResolvers<Response>();
  issuer.answer = () => promise;
  await assertRejects(() => fetchKeys(issuer.url, { timeoutMs: 50 }), KeysError);
  resolve(new Response());
  await issuer[Symbol.asyncDispose]();
  await assertRejects(() => fetchKeys(issuer.url), KeysError);
});
