import { assert, assertEquals, assertThrows } from "@std/assert";
import { TaskPool } from "./task_pool.ts";

interface Failure {
  readonly task: string;
  readonly error: unknown;
}

function poolOf(
  size: number,
  graceMs?: number,
): { readonly pool: TaskPool; readonly failures: readonly Failure[] } {
  const failures: Failure[] = [];
  const onFailure = (task: string, error: unknown): void => void failures.push({ task, error });
  return { pool: new TaskPool({ size, onFailure, ...(graceMs !== undefined && { graceMs }) }), failures };
}

Deno.test("start() runs tasks concurrently up to the size of the pool", async () => {
  const { pool, failures } = poolOf(2);
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  pool.start("first", () => first.promise);
  assertEquals(pool.free, 1);
  pool.start("second", () => second.promise);
  assertEquals(pool.free, 0);
  assertThrows(() => pool.start("third", () => Promise.resolve()), Error);
  const free = pool.untilFree();
  second.resolve();
  await free;
  assertEquals(pool.free, 1);
  first.resolve();
  await pool[Symbol.asyncDispose]();
  assertEquals([pool.free, failures.length], [0, 0]);
});

Deno.test("TaskPool reports every failed task once and continues", async () => {
  const { pool, failures } = poolOf(1);
  const error = new Error("planned");
  for (const task of ["first", "second"]) {
    await pool.untilFree();
    pool.start(task, () => Promise.reject(error));
  }
  await pool.untilFree();
  let done = false;
  pool.start("third", () => Promise.resolve().then(() => void (done = true)));
  await pool[Symbol.asyncDispose]();
  assert(done);
  assertEquals(failures, [{ task: "first", error }, { task: "second", error }]);
});

Deno.test("TaskPool waits for its tasks when disposed of, and aborts those that do not end", async () => {
  const { pool, failures } = poolOf(2, 20);
  const seen: string[] = [];
  pool.start("quick", async ({ stopping, signal }) => {
    await new Promise((resolve) => stopping.addEventListener("abort", resolve));
    seen.push(`quick ${signal.aborted}`);
  });
  pool.start("slow", async ({ stopping, signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    seen.push(`slow ${stopping.aborted}`);
  });
  const waiting = pool.untilFree();
  await pool[Symbol.asyncDispose]();
  await waiting;
  assertEquals([seen, failures], [["quick false", "slow true"], []]);
});
