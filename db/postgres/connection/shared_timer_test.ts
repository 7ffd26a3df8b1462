import { assertEquals } from "@std/assert";
import { SharedTimer, type Timed } from "./shared_timer.ts";

/** Returns a moment in some milliseconds that records its name. */
function moment(passed: string[], name: string, { inMs }: { readonly inMs: number }): Timed {
  return { passesAt: performance.now() + inMs, pass: () => passed.push(name) };
}

Deno.test("SharedTimer calls in the order of time and not what was removed", async () => {
  using timer = new SharedTimer();
  const passed: string[] = [];
  const removed = moment(passed, "removed", { inMs: 1 });
  timer.add(moment(passed, "never", { inMs: Infinity }));
  timer.add(moment(passed, "late", { inMs: 40 }));
  timer.add(moment(passed, "early", { inMs: 5 }));
  timer.add(removed);
  timer.delete(removed);
  const { promise, resolve } = Promise.withResolvers<void>();
  timer.add({ passesAt: performance.now() + 60, pass: resolve });
  // A timer that the process does not wait for.
  const wait = setInterval(() => {}, 1_000);
  await promise;
  clearInterval(wait);
  assertEquals(passed, ["early", "late"]);
});

Deno.test("SharedTimer calls what is late in the order of time, but what a call removes", async () => {
  using timer = new SharedTimer();
  const passed: string[] = [];
  const removed = moment(passed, "removed", { inMs: -1 });
  timer.add(removed);
  timer.add(moment(passed, "second", { inMs: -2 }));
  timer.add({
    passesAt: performance.now() - 3,
    pass: () => {
      passed.push("first");
      timer.delete(removed);
    },
  });
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
