import { assert, assertEquals, assertFalse } from "@std/assert";
import type { RateLimitUse } from "../rate_limit.ts";
import { startValkey, type Valkey } from "@archway/tools/support/valkey/start_valkey.ts";
import { testWithValkey } from "@archway/tools/support/valkey/test_with_valkey.ts";
import { MemoryLimiter } from "./memory_limiter.ts";
import { StoreLimiter } from "./store_limiter.ts";

const POLICY = { name: "default", quota: 3, windowSeconds: 600 };

/** A limiter, and what it told of its store. */
interface Told {
  readonly limiter: StoreLimiter;
  readonly lost: Promise<string>;
  readonly regained: Promise<void>;
}

/** @param timeoutMs By itself long enough for a machine that is busy. */
async function open(url: string, timeoutMs = 10_000): Promise<Told & Disposable> {
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

testWithValkey("StoreLimiter.consume() counts for all instances together", async () => {
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
  "StoreLimiter.consume() counts for itself while the store is gone, and together when it is back",
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

testWithValkey("StoreLimiter.consume() waits for a store that hangs once, and not again", async () => {
  await using valkey = await startValkey();
  using told = await open(valkey.url, 1000);
  await told.limiter.consume("ann", POLICY);
  await valkey.pause();
  // All that are under way when it stops to answer wait at the same time; those that come later ask it nothing.
  const uses = await Promise.all(["ann", "bob", "carl"].map((name) => told.limiter.consume(name, POLICY)));
  assertEquals(uses.map(leftOf), [2, 2, 2]);
  assert(told.limiter.lost);
  await told.limiter.consume("dora", POLICY);
  await valkey.resume();
  await told.regained;
  // Had the store been asked, it would have counted her when it went on.
  assertEquals(leftOf(await told.limiter.consume("dora", POLICY)), 2);
});

testWithValkey("StoreLimiter.connect() does without a store that is not there, until it is", async () => {
  await using valkey = await startValkey();
  await valkey.kill();
  using told = await open(valkey.url);
  assert(told.limiter.lost);
  assertEquals(leftOf(await told.limiter.consume("ann", POLICY)), 2);
  assert(await valkey.start());
  await told.regained;
  assertFalse(told.limiter.lost);
});

testWithValkey("StoreLimiter.consume() takes a store that counts nothing for lost", async () => {
  await using valkey: Valkey = await startValkey({ password: "right" });
  using told = await open(valkey.url.replace("right", "wrong"));
  assert(told.limiter.lost);
  assertFalse(/wrong|right/.test(await told.lost));
  assertEquals(leftOf(await told.limiter.consume("ann", POLICY)), 2);
});
