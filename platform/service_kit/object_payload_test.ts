import { assertEquals, assertRejects } from "@std/assert";
import { defineJob, InvalidPayloadError, parsePayload } from "./job.ts";
import { objectPayload } from "./object_payload.ts";

const JOB = defineJob({
  kind: "orders.send",
  payload: objectPayload({
    ...{ id: "uuid", at: "timestamp", count: "integer", rate: "number", paid: "boolean" },
    ...{ note: "string?", size: "integer?" },
  }),
});

const VALID = {
  id: "019acc7c-d2c8-7bc2-8d2a-8fcd4b6bd7a7",
  at: "2026-11-29T12:00:00.5+01:00",
  ...{ count: 1, rate: 0.5, paid: false },
};

Deno.test("objectPayload() accepts payloads with its fields, optional ones and those of newer programs", async () => {
  for (const payload of [VALID, { ...VALID, note: "", size: 2 }, { ...VALID, newer: 1 }]) {
    const parsed = await parsePayload(JOB, payload);
    // Typed by the fields.
    const typed: readonly [string, number, string | undefined] = [parsed.id, parsed.count, parsed.note];
    assertEquals([parsed, typed[1]], [payload, 1]);
  }
});

Deno.test("objectPayload() reports every field that is missing or has another type", async () => {
  const invalid = { id: "a", at: "2026-13-01T00:00:00Z", count: 1.5, paid: "no", note: null };
  const { message } = await assertRejects(() => parsePayload(JOB, invalid), InvalidPayloadError);
  assertEquals(
    message,
    "Invalid payload of job orders.send: id: must be a UUID; at: must be a time such as 2026-11-29T12:00:00Z; " +
      "count: must be an integer; rate: is missing; paid: must be true or false; note: must be a string",
  );
  for (const value of [null, [], "a"]) {
    const { message } = await assertRejects(() => parsePayload(JOB, value), InvalidPayloadError);
    assertEquals(message, "Invalid payload of job orders.send: must be an object");
  }
});
