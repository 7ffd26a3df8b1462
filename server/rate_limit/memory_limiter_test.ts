import { assert, assertEquals } from "@std/assert";
import { MemoryLimiter } from "./memory_limiter.ts";

const POLICY = { name: "default", quota: 3, windowSeconds: 60 };

Deno.test("MemoryLimiter.consume() counts each key and policy separately down to zero", async () => {
  const limiter = new MemoryLimiter();
  const uses = [];
  for (let i = 0; i < 5; i++) uses.push(await limiter.consume("ann", POLICY));
  assertEquals(uses.map(({ remaining }) => remaining), [2, 1, 0, 0, 0]);
  assertEquals(uses.map(({ exceeded }) => exceeded), [false, false, false, true, true]);
  assert(uses.every(({ resetMs }) => resetMs > 0 && resetMs <= 60_000));
  assertEquals((await limiter.consume("bob", POLICY)).remaining, 2);
  assertEquals((await limiter.consume("ann", { ...POLICY, name: "createNote" })).remaining, 2);
});

Deno.test("MemoryLimiter.consume() restarts when the window has ended", async () => {
  const limiter = new MemoryLimiter();
  const policy = { name: "short", quota: 1, windowSeconds: 1 };
  await limiter.consume("ann", policy);
  let use = await limiter.consume("ann", policy);
  assert(use.exceeded);
  while (use.exceeded) {
    await new Promise((resolve) => setTimeout(resolve, use.resetMs + 1));
    use = await limiter.consume("ann", policy);
  }
  assertEquals(use.remaining, 0);
});

Deno.test("MemoryLimiter.consume() bounds the number of counters under a flood of 100000 addresses", async () => {
  const limiter = new MemoryLimiter({ maxKeys: 1000 });
  for (let i = 0; i < 100_000; i++) {
    await limiter.consume(`address ${i}`, POLICY);
    assert(limiter.size <= 1000);
  }
  assertEquals(limiter.size, 1000);
  // The newest counters remain, the oldest restart.
  assertEquals((await limiter.consume("address 99999", POLICY)).remaining, 1);
  assertEquals((await limiter.consume("address 0", POLICY)).remaining, 2);
});
