import { assertEquals } from "@std/assert";
import { PermanentJobError, RetryJobError } from "@archway/service_kit/job.ts";
import { testJob } from "../testing/test_job.ts";
import { settlementOf } from "./settlement_of.ts";

Deno.test("settlementOf() delays attempts exponentially, up to a maximum and a number of retries", () => {
  const job = testJob("a", { retries: 4, backoff: { firstMs: 100, maxMs: 300 } });
  const settlements = [0, 1, 2, 3, 4].map((attempts) =>
    settlementOf(new Error("a"), { job, attempts, random: 1 })
  );
  assertEquals(settlements.map(({ outcome, delayMs }) => [outcome, delayMs]), [
    ["retried", 100],
    ["retried", 200],
    ["retried", 300],
    ["retried", 300],
    ["dead", undefined],
  ]);
});

Deno.test("settlementOf() follows errors that say when to retry, or that it is useless", () => {
  const options = { job: testJob("a"), attempts: 0, random: 1 };
  assertEquals(settlementOf(new RetryJobError({ afterMs: 5 }), options), {
    ...{ outcome: "retried", delayMs: 5 },
    error: "RetryJobError: The job asked for another attempt after 5 ms",
  });
  assertEquals(settlementOf(new PermanentJobError("No such account"), options), {
    outcome: "dead",
    error: "PermanentJobError: No such account",
  });
  assertEquals(
    settlementOf("text of a client", options).error,
    "A value that is not an Error was thrown",
  );
});

Deno.test("settlementOf() stores no delay that a database refuses", () => {
  const options = { job: testJob("a", { backoff: { firstMs: 100, maxMs: 100 } }), attempts: 0, random: 1 };
  const delays: readonly (readonly [afterMs: number, delayMs: number])[] = [
    ...[NaN, Infinity, -Infinity, -1].map((afterMs) => [afterMs, 100] as const),
    ...[[0, 0], [1.4, 1], [1e300, 31_536_000_000]] as const,
  ];
  for (const [afterMs, delayMs] of delays) {
    const { outcome, delayMs: actual } = settlementOf(new RetryJobError({ afterMs }), options);
    assertEquals([afterMs, outcome, actual], [afterMs, "retried", delayMs]);
  }
});

Deno.test("settlementOf() retries a thrown value that cannot be read", () => {
  const refuse = (): never => {
    throw new Error("unreadable");
  };
  const options = { job: testJob("a"), attempts: 0, random: 1 };
  assertEquals(settlementOf(new Proxy({}, { getPrototypeOf: refuse }), options).outcome, "retried");
  const error = Object.defineProperty(new RetryJobError({ afterMs: 5 }), "afterMs", { get: refuse });
  assertEquals(settlementOf(error, options).outcome, "retried");
});
