import { assertEquals, assertRejects } from "@std/assert";
import { ReadinessChecks } from "./readiness_checks.ts";

const never = new AbortController().signal;

Deno.test("ReadinessChecks.run() asks once for all who want to know at the same time, or soon after", async () => {
  let asked = 0;
  let now = 0;
  const checks = new ReadinessChecks([async () => {
    asked++;
    await Promise.resolve();
    return [{ name: "db", status: "ok" }];
  }], () => now);
  const answers = await Promise.all(Array.from({ length: 300 }, () => checks.run(never)));
  assertEquals([asked, answers.length, answers.at(-1)], [1, 300, [{ name: "db", status: "ok" }]]);
  now = 249;
  await checks.run(never);
  assertEquals(asked, 1);
  now = 250;
  await checks.run(never);
  assertEquals(asked, 2);
});

Deno.test("ReadinessChecks.run() tells who waits no longer than they can, and goes on for the others", async () => {
  const { promise, resolve } = Promise.withResolvers<readonly []>();
  const checks = new ReadinessChecks([() => promise]);
  const patient = checks.run(never);
  const late = new Error("The deadline has passed");
  await assertRejects(() => checks.run(AbortSignal.abort(late)), Error, late.message);
  resolve([]);
  assertEquals(await patient, []);
});
