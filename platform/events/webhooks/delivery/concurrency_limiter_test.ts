import { assertEquals } from "@std/assert";
import { ConcurrencyLimiter, isRestricted } from "./concurrency_limiter.ts";
import type { ClaimedKey, LatencyClass } from "./delivery.ts";

/** Acquires a number of ordering keys of an endpoint, and returns them. */
function acquire(
  limiter: ConcurrencyLimiter,
  count: number,
  { endpointId, tenant = endpointId, latency }: {
    readonly endpointId: string;
    readonly tenant?: string;
    readonly latency: LatencyClass;
  },
): readonly ClaimedKey[] {
  const keys = Array.from({ length: count }, (_, index) => {
    return { endpointId, tenant, stream: `order-${index}`, lease: "" };
  });
  for (const key of keys) limiter.acquire(key, latency);
  return keys;
}

Deno.test("capacity() is unrestricted when nothing is in flight", () => {
  const capacity = new ConcurrencyLimiter(16).capacity();
  assertEquals(
    [capacity.keys, capacity.unproven, capacity.slow, isRestricted(capacity)],
    [16, 12, 8, false],
  );
});

Deno.test("capacity() is at least one key of every latency class in small limiters", () => {
  const capacities = [1, 2, 3, 4].map((size) => new ConcurrencyLimiter(size).capacity());
  assertEquals(capacities.map(({ keys, unproven, slow }) => [keys, unproven, slow]), [
    ...[[1, 1, 1], [2, 2, 1], [3, 3, 1], [4, 3, 2]],
  ]);
});

Deno.test("ConcurrencyLimiter limits an endpoint to one key while its latency is unknown, then to four", () => {
  const limiter = new ConcurrencyLimiter(16);
  const [first] = acquire(limiter, 1, { endpointId: "new", latency: "unknown" });
  assertEquals(limiter.capacity().fullEndpoints, ["new"]);
  assertEquals(limiter.recordLatency("new", "quick"), true);
  assertEquals(limiter.recordLatency("new", "quick"), false);
  assertEquals(limiter.capacity().fullEndpoints, []);
  acquire(limiter, 3, { endpointId: "new", latency: "quick" });
  assertEquals([limiter.capacity().fullEndpoints, isRestricted(limiter.capacity())], [["new"], true]);
  if (first !== undefined) limiter.release(first);
  assertEquals([limiter.capacity().fullEndpoints, limiter.capacity().keys], [[], 13]);
});

Deno.test("ConcurrencyLimiter limits a tenant to half of all keys, and to a quarter for endpoints not known to be quick", () => {
  const limiter = new ConcurrencyLimiter(16);
  for (const endpointId of ["a", "b", "c"]) {
    acquire(limiter, 1, { endpointId, tenant: "ada", latency: "unknown" });
  }
  assertEquals(limiter.capacity().throttledTenants, []);
  acquire(limiter, 1, { endpointId: "d", tenant: "ada", latency: "slow" });
  assertEquals([limiter.capacity().throttledTenants, limiter.capacity().fullTenants], [["ada"], []]);
  acquire(limiter, 4, { endpointId: "e", tenant: "ada", latency: "quick" });
  assertEquals(limiter.capacity().fullTenants, ["ada"]);
});

Deno.test("ConcurrencyLimiter limits slow endpoints to half of all keys, and slow and unknown ones to three quarters", () => {
  const limiter = new ConcurrencyLimiter(8);
  const slow = ["a", "b", "c", "d"].flatMap((endpointId) =>
    acquire(limiter, 1, { endpointId, latency: "slow" })
  );
  const capacity = limiter.capacity();
  assertEquals([capacity.slow, capacity.unproven, capacity.keys], [0, 2, 4]);
  acquire(limiter, 1, { endpointId: "e", latency: "unknown" });
  acquire(limiter, 1, { endpointId: "f", latency: "unknown" });
  assertEquals([limiter.capacity().unproven, limiter.capacity().keys], [0, 2]);
  limiter.recordLatency("e", "quick");
  assertEquals(limiter.capacity().unproven, 1);
  // Keys already in flight count under the new class.
  limiter.recordLatency("f", "slow");
  assertEquals(limiter.capacity().slow, -1);
  for (const key of slow) limiter.release(key);
  assertEquals([limiter.capacity().slow, limiter.capacity().unproven], [3, 5]);
});

Deno.test("release() forgets the latency class with the last key of an endpoint, for the table has it", () => {
  const limiter = new ConcurrencyLimiter(8);
  const [key] = acquire(limiter, 1, { endpointId: "a", latency: "quick" });
  limiter.recordLatency("a", "slow");
  if (key !== undefined) limiter.release(key);
  acquire(limiter, 1, { endpointId: "a", latency: "unknown" });
  assertEquals(limiter.capacity().inFlight, [{ endpointId: "a", tenant: "a", quick: false }]);
  assertEquals(limiter.capacity().fullEndpoints, ["a"]);
});
