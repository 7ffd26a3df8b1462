import { assert, assertEquals, assertMatch } from "@std/assert";
import { messageId } from "./message_id.ts";

const EVENT = { stream: "order-01a2", version: 1n, recordedAt: "2026-11-25T15:00:00.12Z" };

Deno.test("messageId() consists of the stream, the version and the time of recording", () => {
  assertEquals(messageId(EVENT), "order-01a2@1-1795618800120000");
});

Deno.test("messageId() is different for every event", () => {
  const events = [
    EVENT,
    { ...EVENT, stream: "order-01a2@1" },
    { ...EVENT, stream: "order-01a2%401" },
    { ...EVENT, version: 11n },
    // Recorded again at the version of a lost event.
    { ...EVENT, recordedAt: "2026-11-25T15:00:00.120001Z" },
  ];
  assertEquals(new Set(events.map(messageId)).size, events.length);
});

Deno.test("messageId() can be signed and sent in a header for any name of a stream", () => {
  for (const stream of ["a.b", "a b", "a\r\nX: y", "Größe", "🎈", "a@b", ".".repeat(200)]) {
    const id = messageId({ ...EVENT, stream });
    assertMatch(id, /^[\w%!~*'()-]+@\d+-\d+$/);
    assert(!id.includes("."));
    assertEquals(new Headers({ "Webhook-Id": id }).get("webhook-id"), id);
  }
});
