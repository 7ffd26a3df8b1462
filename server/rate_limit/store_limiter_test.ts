import { assert, assertEquals, assertFalse } from "@std/assert";
import type { RateLimitUse } from "../rate_limit.ts";
import { startValkey, type Valkey } from "@archway/tools/support/valkey/start_valkey.ts";
import { testWithValkey } from "@archway/tools/support/valkey/test_with_valkey.ts";
import { MemoryLimiter } from "./memory_limiter.ts";
import { StoreLimiter } from "./store_limiter.ts";

const POLICY = { name: "default", quota: 3, windowSeconds: 600 };

/** Limiter with its store events. */
interface LimiterHarness {
  readonly limiter: StoreLimiter;
  readonly lost: Promise<string>;
  readonly regained: Promise<void>;
}

/** @param timeoutMs Long enough for a busy machine by default. */
async function open(url: string, timeoutMs = 10_000): Promise<LimiterHarness & Disposable> {
  const lost = Promise.withResolvers<string>();
  const regained = Promise.withResolvers<void>();
  const limiter = new StoreLimiter(url, {
    insurance: new MemoryLimiter(),
    onLost: lost.resolve,
    onRegained: regained.resolve,
    timeoutMs,
    retryMs: 20,
  });
  await limiter.connect();
  return {
    limiter,
    lost: lost.promise,
    regained: regained.promise,
    [Symbol.dispose]: () => limiter[Symbol.dispose](),
  };
}

function leftOf({ exceeded, remaining }: RateLimitUse): number | "exceeded" {
  return exceeded ? "exceeded" : remaining;
}

testWithValkey("StoreLimiter.consume() counts across instances", async () => {
  await using valkey = await startValkey({ password: "s3cret/with:signs" });
  using one = await open(valkey.url);
  using other = await open(valkey.url);
  const uses = [];
  for (const { limiter } of [one, other, one, other, one]) uses.push(await limiter.consume("ann", POLICY));
  assertEquals(uses.map(leftOf), [2, 1, 0, "exceeded", "exceeded"]);
  assert(uses.every(({ resetMs }) => resetMs > 0 && resetMs <= 600_000));
  assertEquals(leftOf(await other.limiter.consume("bob", POLICY)), 2);
  assertEquals(leftOf(await other.limiter.consume("ann", { ...POLICY, name: "createNote" })), 2);
});

testWithValkey(
  "StoreLimiter.consume() falls back to counting per instance, and counts across instances after recovery",
  async () => {
    await using valkey = await startValkey();
    using one = await open(valkey.url);
    using other = await open(valkey.url);
    await one.limiter.consume("ann", POLICY);
    await valkey.kill();
    for (const { limiter, lost } of [one, other]) {
      const uses = [];
      for (let i = 0; i < 4; i++) uses.push(await limiter.consume("ann", POLICY));
      assertEquals(uses.map(leftOf), [2, 1, 0, "exceeded"]);
      assert(limiter.lost);
      assertFalse((await lost).includes("redis://"));
    }
    assert(await valkey.start());
    await Promise.all([one.regained, other.regained]);
    assertFalse(one.limiter.lost);
    assertEquals(leftOf(await one.limiter.consume("ann", POLICY)), 2);
    assertEquals(leftOf(await other.limiter.consume("ann", POLICY)), 1);
  },
);

testWithValkey("StoreLimiter.consume() waits once for a store that hangs", async () => {
  await using valkey = await startValkey();
  using harness = await open(valkey.url, 1000);
  await harness.limiter.consume("ann", POLICY);
  await valkey.pause();
  // Concurrent requests wait at the same time; later ones do not use the store.
  const uses = await Promise.all(["ann", "bob", "carl"].map((name) => harness.limiter.consume(name, POLICY)));
  assertEquals(uses.map(leftOf), [2, 2, 2]);
  assert(harness.limiter.lost);
  await harness.limiter.consume("dora", POLICY);
  await valkey.resume();
  await harness.regained;
  // A command sent to the store would have been counted after it resumed.
  assertEquals(leftOf(await harness.limiter.consume("dora", POLICY)), 2);
});

testWithValkey("StoreLimiter.connect() resolves without a store, and recovers when it starts", async () => {
  await using valkey = await startValkey();
  await valkey.kill();
  using harness = await open(valkey.url);
  assert(harness.limiter.lost);
  assertEquals(leftOf(await harness.limiter.consume("ann", POLICY)), 2);
  assert(await valkey.start());
  await harness.regained;
  assertFalse(harness.limiter.lost);
});

testWithValkey("StoreLimiter.consume() treats a store that rejects commands as unavailable", async () => {
  await using valkey: Valkey = await startValkey({ password: "right" });
  using harness = await open(valkey.url.replace("right", "wrong"));
  assert(harness.limiter.lost);
  assertFalse(/wrong|right/.test(await harness.lost));
  assertEquals(leftOf(await harness.limiter.consume("ann", POLICY)), 2);
});
