import { assert, assertEquals } from "@std/assert";
import type { WalPosition } from "../../db.ts";
import { ReplayProgress } from "./replay_progress.ts";

const minute = { timeoutMs: 60_000 };

Deno.test("ReplayProgress.covers() uses the known position without a query", () => {
  const replica = new Replica();
  const { progress } = replica;
  assertEquals([progress.covers(at(1n)), progress.isOn(1)], [false, false]);
  progress.record(at(5n));
  assertEquals([at(4n), at(5n), at(6n), at(5n, 2), at(1n, 0)].map((after) => progress.covers(after)), [
    ...[true, true],
    ...[false, false, false],
  ]);
  assertEquals([progress.isOn(1), progress.isOn(2), replica.queried], [true, false, 0]);
});

Deno.test("ReplayProgress.covers() ignores positions from before a loss of the replica", () => {
  const replica = new Replica();
  replica.progress.record(at(5n));
  replica.session = { isOpen: false };
  assert(replica.progress.covers(at(5n)));
  // Recorded in the current session.
  replica.progress.record(at(5n));
  assertEquals(replica.progress.covers(at(5n)), false);
  replica.session = { isOpen: true };
  assertEquals(replica.progress.covers(at(5n)), false);
  replica.progress.record(at(5n));
  assert(replica.progress.covers(at(5n)));
  replica.progress.reset();
  assertEquals([replica.progress.covers(at(5n)), replica.progress.isOn(1)], [false, false]);
});

Deno.test("ReplayProgress.reached() polls once at a time for all waiters, with increasing intervals", async () => {
  const replica = new Replica();
  replica.progress.record(at(0n));
  let reached = 0;
  const waits = Array.from({ length: 500 }, async (_, index) => {
    const isReached = await replica.progress.reached(at(BigInt(1 + index % 50)), minute);
    reached++;
    return isReached;
  });
  for (; reached < 500; replica.replayed++) await replica.turn();
  assertEquals(new Set(await Promise.all(waits)), new Set([true]));
  assertEquals([replica.queried <= 100, replica.most], [true, 1]);
  assertEquals(replica.pauses.slice(0, 6), [1, 2, 4, 8, 8, 8]);
  const { queried } = replica;
  await replica.turn();
  assertEquals(replica.queried, queried);
});

Deno.test("ReplayProgress.reached() sends no query if the result is known or useless", async () => {
  const replica = new Replica();
  replica.progress.record(at(5n));
  const { progress } = replica;
  assertEquals(await progress.reached(at(5n), { timeoutMs: 0 }), true);
  assertEquals(await progress.reached(at(6n), { timeoutMs: 0 }), false);
  assertEquals(await progress.reached(at(6n, 2), minute), false);
  assertEquals(await progress.reached(at(6n), { ...minute, signal: AbortSignal.abort() }), false);
  assertEquals(replica.queried, 0);
});

Deno.test("ReplayProgress.reached() times out for each waiter, even while the replica does not respond", async () => {
  const replica = new Replica();
  replica.progress.record(at(0n));
  replica.silent = Promise.withResolvers();
  const leaving = new AbortController();
  const patient = replica.progress.reached(at(1n), minute);
  const aborted = replica.progress.reached(at(1n), { ...minute, signal: leaving.signal });
  assertEquals(await replica.progress.reached(at(1n), { timeoutMs: 1 }), false);
  leaving.abort();
  assertEquals([await aborted, replica.queried], [false, 1]);
  replica.replayed = 1n;
  replica.silent.resolve();
  assertEquals([await patient, replica.queried], [true, 1]);
});

Deno.test("ReplayProgress.reached() resolves with the result of a probe", async () => {
  const replica = new Replica();
  replica.progress.record(at(0n));
  replica.silent = Promise.withResolvers();
  const waits = [replica.progress.reached(at(1n), minute), replica.progress.reached(at(9n), minute)];
  replica.progress.record(at(1n));
  assertEquals(await waits[0], true);
  // It now follows another primary.
  replica.progress.record(at(9n, 2));
  assertEquals(await waits[1], false);
  replica.silent.resolve();
});

Deno.test("ReplayProgress.reached() resolves immediately when the replica is lost or the query fails", async () => {
  const replica = new Replica();
  replica.progress.record(at(0n));
  replica.silent = Promise.withResolvers();
  const before = replica.progress.reached(at(1n), minute);
  replica.progress.reset();
  assertEquals(await before, false);
  // A late response from before the loss does not count for later waiters.
  replica.progress.record(at(0n));
  const later = replica.progress.reached(at(2n), minute);
  replica.replayed = 1n;
  replica.silent.resolve();
  await replica.turn();
  replica.replayed = 2n;
  assertEquals(await later, true);
  replica.fails = true;
  assertEquals(await replica.progress.reached(at(3n), minute), false);
  assertEquals(replica.progress.covers(at(1n)), false);
});

function at(lsn: bigint, timeline = 1): WalPosition {
  return { timeline, lsn };
}

/** Replica controlled by the test, whose pauses take no time. */
class Replica {
  replayed = 0n;
  queried = 0;
  /** Maximum number of concurrent queries. */
  most = 0;
  fails = false;
  silent: PromiseWithResolvers<void> | undefined;
  session = { isOpen: true };
  readonly pauses: number[] = [];
  #running = 0;
  readonly progress = new ReplayProgress({
    read: async () => {
      this.queried++;
      this.most = Math.max(this.most, ++this.#running);
      await this.silent?.promise;
      this.#running--;
      if (this.fails) throw new Error("Injected by the test");
      return at(this.replayed);
    },
    pause: (delayMs) => {
      this.pauses.push(delayMs);
      return this.turn();
    },
    session: () => this.session,
  });

  /** Runs everything that is ready. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
