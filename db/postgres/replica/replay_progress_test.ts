import { assert, assertEquals } from "@std/assert";
import type { WalPosition } from "../../db.ts";
import { ReplayProgress } from "./replay_progress.ts";

const minute = { timeoutMs: 60_000 };

Deno.test("ReplayProgress.covers() goes by what is known, without a question", () => {
  const replica = new Replica();
  const { progress } = replica;
  assertEquals([progress.covers(at(1n)), progress.isOn(1)], [false, false]);
  progress.note(at(5n));
  assertEquals([at(4n), at(5n), at(6n), at(5n, 2), at(1n, 0)].map((after) => progress.covers(after)), [
    ...[true, true],
    ...[false, false, false],
  ]);
  assertEquals([progress.isOn(1), progress.isOn(2), replica.asked], [true, false, 0]);
});

Deno.test("ReplayProgress.covers() counts nothing that was said before the replica was lost", () => {
  const replica = new Replica();
  replica.progress.note(at(5n));
  replica.session = { isOpen: false };
  assert(replica.progress.covers(at(5n)));
  // The session that said it, and not the one of now.
  replica.progress.note(at(5n));
  assertEquals(replica.progress.covers(at(5n)), false);
  replica.session = { isOpen: true };
  assertEquals(replica.progress.covers(at(5n)), false);
  replica.progress.note(at(5n));
  assert(replica.progress.covers(at(5n)));
  replica.progress.forget();
  assertEquals([replica.progress.covers(at(5n)), replica.progress.isOn(1)], [false, false]);
});

Deno.test("ReplayProgress.reached() asks once at a time, however many wait, with pauses that grow", async () => {
  const replica = new Replica();
  replica.progress.note(at(0n));
  let reached = 0;
  const waits = Array.from({ length: 500 }, async (_, index) => {
    const isReached = await replica.progress.reached(at(BigInt(1 + index % 50)), minute);
    reached++;
    return isReached;
  });
  for (; reached < 500; replica.replayed++) await replica.turn();
  assertEquals(new Set(await Promise.all(waits)), new Set([true]));
  assertEquals([replica.asked <= 100, replica.most], [true, 1]);
  assertEquals(replica.pauses.slice(0, 6), [1, 2, 4, 8, 8, 8]);
  const { asked } = replica;
  await replica.turn();
  assertEquals(replica.asked, asked);
});

Deno.test("ReplayProgress.reached() needs no question for what is known, and asks none it could not use", async () => {
  const replica = new Replica();
  replica.progress.note(at(5n));
  const { progress } = replica;
  assertEquals(await progress.reached(at(5n), { timeoutMs: 0 }), true);
  assertEquals(await progress.reached(at(6n), { timeoutMs: 0 }), false);
  assertEquals(await progress.reached(at(6n, 2), minute), false);
  assertEquals(await progress.reached(at(6n), { ...minute, signal: AbortSignal.abort() }), false);
  assertEquals(replica.asked, 0);
});

Deno.test("ReplayProgress.reached() ends for each when its own time is over, also while the replica is silent", async () => {
  const replica = new Replica();
  replica.progress.note(at(0n));
  replica.silent = Promise.withResolvers();
  const leaving = new AbortController();
  const patient = replica.progress.reached(at(1n), minute);
  const aborted = replica.progress.reached(at(1n), { ...minute, signal: leaving.signal });
  assertEquals(await replica.progress.reached(at(1n), { timeoutMs: 1 }), false);
  leaving.abort();
  assertEquals([await aborted, replica.asked], [false, 1]);
  replica.replayed = 1n;
  replica.silent.resolve();
  assertEquals([await patient, replica.asked], [true, 1]);
});

Deno.test("ReplayProgress.reached() hears of what a probe was told", async () => {
  const replica = new Replica();
  replica.progress.note(at(0n));
  replica.silent = Promise.withResolvers();
  const waits = [replica.progress.reached(at(1n), minute), replica.progress.reached(at(9n), minute)];
  replica.progress.note(at(1n));
  assertEquals(await waits[0], true);
  // It follows another primary now.
  replica.progress.note(at(9n, 2));
  assertEquals(await waits[1], false);
  replica.silent.resolve();
});

Deno.test("ReplayProgress.reached() gives up at once when the replica is lost or cannot be asked", async () => {
  const replica = new Replica();
  replica.progress.note(at(0n));
  replica.silent = Promise.withResolvers();
  const before = replica.progress.reached(at(1n), minute);
  replica.progress.forget();
  assertEquals(await before, false);
  // What the lost one answers after all does not count for those who came later.
  replica.progress.note(at(0n));
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

/** A replica that replays as it is told, and whose pauses take no time. */
class Replica {
  replayed = 0n;
  asked = 0;
  /** The most questions at the same time. */
  most = 0;
  fails = false;
  silent: PromiseWithResolvers<void> | undefined;
  session = { isOpen: true };
  readonly pauses: number[] = [];
  #running = 0;
  readonly progress = new ReplayProgress({
    ask: async () => {
      this.asked++;
      this.most = Math.max(this.most, ++this.#running);
      await this.silent?.promise;
      this.#running--;
      if (this.fails) throw new Error("The test said so");
      return at(this.replayed);
    },
    pause: (delayMs) => {
      this.pauses.push(delayMs);
      return this.turn();
    },
    session: () => this.session,
  });

  /** Lets everything that can go on go on. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
