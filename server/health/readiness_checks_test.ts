import { assertEquals, assertRejects } from "@std/assert";
import { ReadinessChecks } from "./readiness_checks.ts";

const never = new AbortController().signal;

Deno.test("ReadinessChecks.run() runs the checks once for concurrent and closely following callers", async () => {
  let runs = 0;
  let now = 0;
  const checks = new ReadinessChecks([async () => {
    runs++;
    await Promise.resolve();
    return [{ name: "db", status: "ok" }];
  }], () => now);
  const results = await Promise.all(Array.from({ length: 300 }, () => checks.run(never)));
  assertEquals([runs, results.length, results.at(-1)], [1, 300, [{ name: "db", status: "ok" }]]);
  now = 249;
  await checks.run(never);
  assertEquals(runs, 1);
  now = 250;
  await checks.run(never);
  assertEquals(runs, 2);
});

Deno.test("ReadinessChecks.run() rejects for an aborted caller and continues for others", async () => {
  const { promise, resolve } = Promise.withResolvers<readonly []>();
  const checks = new ReadinessChecks([() => promise]);
  const waiting = checks.run(never);
  const late = new Error("The deadline has passed");
  await assertRejects(() => checks.run(AbortSignal.abort(late)), Error, late.message);
  resolve([]);
  assertEquals(await waiting, []);
});
