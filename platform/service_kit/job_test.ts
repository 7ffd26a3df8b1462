import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { defineJob, handleJob, InvalidPayloadError, parsePayload, payloadOf } from "./job.ts";

const PAYLOAD = payloadOf((value) => {
  if (typeof value !== "string") throw new TypeError("must be a string");
  return value;
});

Deno.test("defineJob() rejects values that cannot be used", () => {
  const messages = [
    { kind: "Send" },
    { kind: "orders" },
    { kind: "orders.send", retries: -1 },
    { kind: "orders.send", timeoutMs: 0.5 },
    { kind: "orders.send", concurrency: 0 },
    { kind: "orders.send", backoff: { firstMs: 1, maxMs: Infinity } },
  ].map((options) => assertThrows(() => defineJob({ ...options, payload: PAYLOAD }), Error).message);
  assertEquals(messages, [
    'Job "Send": the kind must be words such as "orders.send_receipt"',
    'Job "orders": the kind must be words such as "orders.send_receipt"',
    "Job orders.send: retries must be an integer of at least 0",
    "Job orders.send: timeoutMs must be an integer of at least 1",
    "Job orders.send: concurrency must be an integer of at least 1",
    "Job orders.send: maxMs must be an integer of at least 1",
  ]);
});

Deno.test("parsePayload() returns the output of any Standard Schema, and reports its issues with their paths", async () => {
  const kind = "orders.send";
  assertEquals(await parsePayload({ kind, payload: PAYLOAD }, "a"), "a");
  const issues = [
    { message: "must be a number", path: ["items", { key: 0 }, "amount"] },
    { message: "is incomplete" },
  ];
  const payload = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) => Promise.resolve(value === "b" ? { value: 1 } : { issues }),
    },
  } as const;
  assertEquals(await parsePayload({ kind, payload }, "b"), 1);
  const { message } = await assertRejects(
    () => parsePayload({ kind, payload }, "c"),
    InvalidPayloadError,
  );
  assertEquals(
    message,
    "Invalid payload of job orders.send: items.0.amount: must be a number; is incomplete",
  );
});

Deno.test("handleJob() validates the stored payload before it calls the handler", async () => {
  const ran: string[] = [];
  const handler = handleJob(
    defineJob({ kind: "orders.send", payload: PAYLOAD }),
    (payload) => Promise.resolve(void ran.push(payload)),
  );
  const context = {
    ...{ id: "1", kind: "orders.send", attempt: 1, enqueuedAt: "", traceparent: undefined },
    signal: new AbortController().signal,
  };
  await handler.run("a", context);
  await assertRejects(() => handler.run(1, context), InvalidPayloadError);
  assertEquals(ran, ["a"]);
});
