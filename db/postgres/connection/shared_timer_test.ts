import { assertEquals } from "@std/assert";
import { SharedTimer, type Timed } from "./shared_timer.ts";

/** Makes moments that record their names, relative to now: a busy machine may pause between two of them. */
function moments(): {
  readonly passed: string[];
  readonly moment: (name: string, inMs: number, onPass?: () => void) => Timed;
} {
  const passed: string[] = [];
  const now = performance.now();
  return {
    passed,
    moment: (name, inMs, onPass) => ({
      passesAt: now + inMs,
      pass: () => {
        passed.push(name);
        onPass?.();
      },
    }),
  };
}

Deno.test("SharedTimer calls in the order of time and not what was removed", async () => {
  using timer = new SharedTimer();
  const { passed, moment } = moments();
  const removed = moment("removed", 1);
  const { promise, resolve } = Promise.withResolvers<void>();
  timer.add(moment("never", Infinity));
  timer.add(moment("late", 40));
  timer.add(moment("early", 5));
  timer.add(removed);
  timer.delete(removed);
  timer.add(moment("last", 60, resolve));
  // A timer that the process does not wait for.
  const wait = setInterval(() => {}, 1_000);
  await promise;
  clearInterval(wait);
  assertEquals(passed, ["early", "late", "last"]);
});

Deno.test("SharedTimer calls what is late in the order of time, but what a call removes", async () => {
  using timer = new SharedTimer();
  const { passed, moment } = moments();
  const removed = moment("removed", -1);
  timer.add(removed);
  timer.add(moment("second", -2));
  timer.add(moment("first", -3, () => timer.delete(removed)));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(passed, ["first", "second"]);
});

Deno.test("SharedTimer takes further moments while it calls", async () => {
  using timer = new SharedTimer();
  const { promise, resolve } = Promise.withResolvers<void>();
  const wait = setInterval(() => {}, 1_000);
  timer.add({
    passesAt: performance.now(),
    pass: () => timer.add({ passesAt: performance.now() + 1, pass: resolve }),
  });
  await promise;
  clearInterval(wait);
});

Deno.test("SharedTimer accepts times beyond the maximum of a timer", async () => {
  using timer = new SharedTimer();
  let passed = false;
  timer.add({ passesAt: performance.now() + 2 ** 40, pass: () => passed = true });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(passed, false);
});
