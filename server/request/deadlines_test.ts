import { assertEquals } from "@std/assert";
import { Deadlines } from "./deadlines.ts";

Deno.test("Deadlines.start() calls back in order once the time has passed", async () => {
  using deadlines = new Deadlines(10);
  const passed: number[] = [];
  deadlines.start(() => passed.push(1));
  deadlines.start(() => passed.push(2)).cancel();
  await new Promise<void>((resolve) => deadlines.start(resolve));
  assertEquals(passed, [1]);
});

Deno.test("Deadlines.start() works again after all deadlines have passed", async () => {
  using deadlines = new Deadlines(1);
  await new Promise<void>((resolve) => deadlines.start(resolve));
  await new Promise<void>((resolve) => deadlines.start(resolve));
});

Deno.test("Deadlines.passAll() lets the running deadlines pass and counts them", () => {
  using deadlines = new Deadlines(60_000);
  const passed: number[] = [];
  deadlines.start(() => passed.push(1));
  const second = deadlines.start(() => passed.push(2));
  deadlines.start(() => passed.push(3));
  second.cancel();
  second.cancel();
  assertEquals(deadlines.passAll(), 2);
  assertEquals(passed, [1, 3]);
});

Deno.test("Deadline.restart() lets a running deadline pass after those that were started before", async () => {
  using deadlines = new Deadlines(10);
  const passed: number[] = [];
  const first = deadlines.start(() => passed.push(1));
  deadlines.start(() => passed.push(2));
  first.restart();
  const cancelled = deadlines.start(() => passed.push(3));
  cancelled.cancel();
  cancelled.restart();
  await new Promise<void>((resolve) => deadlines.start(resolve));
  assertEquals(passed, [2, 1]);
});
