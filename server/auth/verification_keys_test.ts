import { assert, assertEquals, assertNotEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { AuthenticatorUnavailableError } from "../security/authenticator.ts";
import { makeKey } from "./testing/test_issuer.ts";
import { VerificationKeys } from "./verification_keys.ts";

async function keySet(): Promise<string> {
  return JSON.stringify({ keys: [(await makeKey("ES256")).publicJwk] });
}

/** Keys whose source and clock a test moves. */
class Stage {
  text: string | undefined;
  nowMs = 1_000_000;
  reads = 0;
  errors = 0;
  readonly keys = new VerificationKeys(() => {
    this.reads++;
    return this.text === undefined ? Promise.reject(new Error("Down")) : Promise.resolve(this.text);
  }, {
    refreshMs: 100,
    staleMs: 1000,
    cooldownMs: 10,
    nowMs: () => this.nowMs,
    onError: () => this.errors++,
  });

  /** Until what goes on in the background is done. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
  }
}

Deno.test("VerificationKeys.current() asks the source once for all who wait", async () => {
  const stage = new Stage();
  stage.text = await keySet();
  const [first, second] = await Promise.all([stage.keys.current(), stage.keys.current()]);
  assertStrictEquals(first, second);
  assertStrictEquals(stage.keys.current(), first);
  assertEquals(stage.reads, 1);
});

Deno.test("VerificationKeys.current() refreshes in the background, and keeps keys that are the same", async () => {
  const stage = new Stage();
  stage.text = await keySet();
  const first = await stage.keys.current();
  stage.nowMs += 100;
  assertStrictEquals(stage.keys.current(), first);
  await stage.settle();
  assertStrictEquals(stage.keys.current(), first);
  assertEquals(stage.reads, 2);
  stage.text = await keySet();
  stage.nowMs += 100;
  assertStrictEquals(stage.keys.current(), first);
  await stage.settle();
  assertNotEquals(stage.keys.current(), first);
});

Deno.test("VerificationKeys.current() uses what it has in an outage, for a time", async () => {
  const stage = new Stage();
  stage.text = await keySet();
  const first = await stage.keys.current();
  stage.text = undefined;
  for (let age = 100; age < 1000; age += 100) {
    stage.nowMs = 1_000_000 + age;
    assertStrictEquals(stage.keys.current(), first);
    await stage.settle();
  }
  assertEquals(stage.errors, 9);
  stage.nowMs = 1_001_000;
  await assertRejects(async () => await stage.keys.current(), AuthenticatorUnavailableError);
  stage.text = await keySet();
  stage.nowMs += 10;
  assert(await stage.keys.current());
});

Deno.test("VerificationKeys.current() is unavailable before the first keys, and does not storm the source", async () => {
  const stage = new Stage();
  for (let index = 0; index < 3; index++) {
    await assertRejects(async () => await stage.keys.current(), AuthenticatorUnavailableError);
  }
  assertEquals([stage.reads, stage.errors], [1, 1]);
  stage.text = await keySet();
  await assertRejects(async () => await stage.keys.current(), AuthenticatorUnavailableError);
  stage.nowMs += 10;
  assert(await stage.keys.current());
});

Deno.test("VerificationKeys.current() takes a text without keys for an outage", async () => {
  for (
    const text of ["", "{}", '{"keys":[]}', '{"keys":[{"kty":"oct","k":"AA"}]}', "[]", "-----BEGIN X-----"]
  ) {
    const stage = new Stage();
    stage.text = text;
    await assertRejects(async () => await stage.keys.current(), AuthenticatorUnavailableError);
  }
});

Deno.test("VerificationKeys.newerThan() asks once in a while, whatever keys are wanted", async () => {
  const stage = new Stage();
  stage.text = await keySet();
  const first = await stage.keys.current();
  assertEquals(await stage.keys.newerThan(first), undefined);
  assertEquals(stage.reads, 1);
  stage.nowMs += 10;
  assertEquals(await stage.keys.newerThan(first), undefined);
  assertEquals(await stage.keys.newerThan(first), undefined);
  assertEquals(stage.reads, 2);
  stage.text = await keySet();
  stage.nowMs += 10;
  const [second, third] = await Promise.all([stage.keys.newerThan(first), stage.keys.newerThan(first)]);
  assert(second !== undefined && second !== first);
  assertStrictEquals(third, second);
  assertStrictEquals(await stage.keys.newerThan(first), second);
  assertEquals(stage.reads, 3);
});

Deno.test("VerificationKeys.newerThan() is unavailable where the source fails", async () => {
  const stage = new Stage();
  stage.text = await keySet();
  const first = await stage.keys.current();
  stage.text = undefined;
  stage.nowMs += 10;
  for (let index = 0; index < 3; index++) {
    await assertRejects(() => stage.keys.newerThan(first), AuthenticatorUnavailableError);
  }
  assertEquals(stage.reads, 2);
  assertStrictEquals(stage.keys.current(), first);
});
