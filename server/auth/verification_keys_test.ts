import { assert, assertEquals, assertNotEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { AuthenticatorUnavailableError } from "../security/authenticator.ts";
import { makeKey } from "./testing/test_issuer.ts";
import { VerificationKeys } from "./verification_keys.ts";

async function keySet(): Promise<string> {
  return JSON.stringify({ keys: [(await makeKey("ES256")).publicJwk] });
}

/** Harness that controls the source and the clock. */
class KeyHarness {
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

  /** Resolves when background work is done. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
  }
}

Deno.test("VerificationKeys.current() loads once for concurrent callers", async () => {
  const harness = new KeyHarness();
  harness.text = await keySet();
  const [first, second] = await Promise.all([harness.keys.current(), harness.keys.current()]);
  assertStrictEquals(first, second);
  assertStrictEquals(harness.keys.current(), first);
  assertEquals(harness.reads, 1);
});

Deno.test("VerificationKeys.current() reloads in the background, and keeps the finder of unchanged keys", async () => {
  const harness = new KeyHarness();
  harness.text = await keySet();
  const first = await harness.keys.current();
  harness.nowMs += 100;
  assertStrictEquals(harness.keys.current(), first);
  await harness.settle();
  assertStrictEquals(harness.keys.current(), first);
  assertEquals(harness.reads, 2);
  harness.text = await keySet();
  harness.nowMs += 100;
  assertStrictEquals(harness.keys.current(), first);
  await harness.settle();
  assertNotEquals(harness.keys.current(), first);
});

Deno.test("VerificationKeys.current() returns the last keys during an outage, up to their maximum age", async () => {
  const harness = new KeyHarness();
  harness.text = await keySet();
  const first = await harness.keys.current();
  harness.text = undefined;
  for (let age = 100; age < 1000; age += 100) {
    harness.nowMs = 1_000_000 + age;
    assertStrictEquals(harness.keys.current(), first);
    await harness.settle();
  }
  assertEquals(harness.errors, 9);
  harness.nowMs = 1_001_000;
  await assertRejects(async () => await harness.keys.current(), AuthenticatorUnavailableError);
  harness.text = await keySet();
  harness.nowMs += 10;
  assert(await harness.keys.current());
});

Deno.test("VerificationKeys.current() rejects before the first keys, and limits the loads", async () => {
  const harness = new KeyHarness();
  for (let index = 0; index < 3; index++) {
    await assertRejects(async () => await harness.keys.current(), AuthenticatorUnavailableError);
  }
  assertEquals([harness.reads, harness.errors], [1, 1]);
  harness.text = await keySet();
  await assertRejects(async () => await harness.keys.current(), AuthenticatorUnavailableError);
  harness.nowMs += 10;
  assert(await harness.keys.current());
});

Deno.test("VerificationKeys.current() treats a text without keys as an outage", async () => {
  for (
    const text of ["", "{}", '{"keys":{}}', '{"kty":"oct","k":"AA"}', "[]", "-----BEGIN X-----"]
  ) {
    const harness = new KeyHarness();
    harness.text = text;
    await assertRejects(async () => await harness.keys.current(), AuthenticatorUnavailableError);
  }
});

Deno.test("VerificationKeys.newerThan() limits the loads, regardless of the tokens", async () => {
  const harness = new KeyHarness();
  harness.text = await keySet();
  const first = await harness.keys.current();
  assertEquals(await harness.keys.newerThan(first), undefined);
  assertEquals(harness.reads, 1);
  harness.nowMs += 10;
  assertEquals(await harness.keys.newerThan(first), undefined);
  assertEquals(await harness.keys.newerThan(first), undefined);
  assertEquals(harness.reads, 2);
  harness.text = await keySet();
  harness.nowMs += 10;
  const [second, third] = await Promise.all([harness.keys.newerThan(first), harness.keys.newerThan(first)]);
  assert(second !== undefined && second !== first);
  assertStrictEquals(third, second);
  assertStrictEquals(await harness.keys.newerThan(first), second);
  assertEquals(harness.reads, 3);
});

Deno.test("VerificationKeys.newerThan() rejects if the source fails", async () => {
  const harness = new KeyHarness();
  harness.text = await keySet();
  const first = await harness.keys.current();
  harness.text = undefined;
  harness.nowMs += 10;
  for (let index = 0; index < 3; index++) {
    await assertRejects(() => harness.keys.newerThan(first), AuthenticatorUnavailableError);
  }
  assertEquals(harness.reads, 2);
  assertStrictEquals(harness.keys.current(), first);
});

Deno.test("VerificationKeys.status is unavailable until the first keys, and degraded by a later loss", async () => {
  const harness = new KeyHarness();
  const { keys } = harness;
  for (const text of [undefined, '{"keys":[]}']) {
    harness.text = text;
    await keys.load().catch(() => {});
    assertEquals(keys.status, "unavailable");
  }
  harness.text = await keySet();
  await keys.load();
  assertEquals(keys.status, "ok");
  harness.text = undefined;
  harness.nowMs += 100;
  keys.refresh();
  await harness.settle();
  assertEquals(keys.status, "degraded");
  harness.text = '{"keys":[]}';
  await keys.load();
  assertEquals(keys.status, "degraded");
});

Deno.test("VerificationKeys.loadUntilFound() loads again until there are keys, or until it is stopped", async () => {
  const harness = new KeyHarness();
  const loading = harness.keys.loadUntilFound(new AbortController().signal);
  await harness.settle();
  assertEquals([harness.reads, harness.keys.status], [1, "unavailable"]);
  harness.text = await keySet();
  // The pause between two loads does not keep the process alive.
  const alive = setInterval(() => {}, 1000);
  await loading;
  clearInterval(alive);
  assertEquals([harness.reads, harness.keys.status], [2, "ok"]);

  const other = new KeyHarness();
  const stop = new AbortController();
  const stopped = other.keys.loadUntilFound(stop.signal);
  await other.settle();
  stop.abort();
  await stopped;
  assertEquals(other.reads, 1);
});
