import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { timestampOf } from "@archway/db/timestamp.ts";
import type { PagePosition } from "./page.ts";
import {
  CursorError,
  type ListIdentity,
  numberCursors,
  type PageCursors,
  timeCursors,
} from "./page_cursors.ts";
import { KeyRing } from "./signing/key_ring.ts";

const SECRET = "a secret of more than 32 bytes, for a test";

function codec({ secret = SECRET, nowMs = (): number => 1_000_000 } = {}): PageCursors {
  return timeCursors("test", { secrets: [secret], cursorTtlSeconds: 60, nowMs });
}

const anchors = fc.tuple(fc.uuid(), fc.bigInt({ min: 0n, max: 4_102_444_800_000_000n }));

const positions: fc.Arbitrary<PagePosition> = fc
  .tuple(fc.constantFrom("after", "before"), fc.boolean(), anchors)
  .map(([direction, inclusive, [id, at]]) => ({
    direction,
    inclusive,
    anchor: { id, createdAt: timestampOf(at) },
  }));

const lists: fc.Arbitrary<ListIdentity> = fc.array(fc.option(fc.string()));

const LIST: ListIdentity = ["widgets, newest first", null];

const POSITION: PagePosition = {
  direction: "after",
  inclusive: false,
  anchor: { id: "01a2023b-983b-7000-83d3-81c8f54d2496", createdAt: "2026-11-22T07:41:00.123456Z" },
};

function refusal(run: () => unknown): string {
  return assertThrows(run, CursorError).reason;
}

Deno.test("PageCursors.decode() returns the encoded position", () => {
  fc.assert(fc.property(positions, lists, (position, list) => {
    assertEquals(codec().decode(codec().encode(position, list), list), position);
  }));
});

Deno.test("PageCursors.decode() rejects a cursor for another list", () => {
  fc.assert(fc.property(positions, lists, lists, (position, list, other) => {
    fc.pre(JSON.stringify(list) !== JSON.stringify(other));
    const text = codec().encode(position, list);
    assertEquals(refusal(() => codec().decode(text, other)), "belongs to a list with other filters");
  }));
});

Deno.test("PageCursors.decode() rejects a cursor of other secrets, and any other text", () => {
  const foreign = codec({ secret: "another secret of more than 32 bytes" }).encode(POSITION, LIST);
  const longer = new KeyRing([SECRET], "test").sign(new Uint8Array(39));
  const format = new KeyRing([SECRET], "test").sign(new Uint8Array(38));
  for (const text of [foreign, longer, format, "", "x", "=".repeat(200), foreign.slice(1)]) {
    assertEquals(refusal(() => codec().decode(text, LIST)), "is not a cursor of this service");
  }
});

Deno.test("PageCursors.decode() rejects an expired cursor", () => {
  let nowMs = 1_000_000;
  const cursors = codec({ nowMs: () => nowMs });
  const text = cursors.encode(POSITION, LIST);
  nowMs += 60_000;
  assertEquals(cursors.decode(text, LIST), POSITION);
  // Expiry is rounded up to half a minute.
  nowMs += 30_001;
  assertEquals(refusal(() => cursors.decode(text, LIST)), "has expired");
});

Deno.test("PageCursors.encode() returns one text per position for some time", () => {
  const cursors = codec();
  const text = cursors.encode(POSITION, LIST);
  assertEquals(cursors.encode(POSITION, LIST), text);
  for (const other of [{ ...POSITION, inclusive: true }, { ...POSITION, direction: "before" as const }]) {
    assertNotEquals(cursors.encode(other, LIST), text);
  }
  assertNotEquals(cursors.encode(POSITION, [...LIST, "a"]), text);
});

Deno.test("PageCursors.decode() rejects a cursor of another purpose", () => {
  const foreign = timeCursors("other", { secrets: [SECRET], cursorTtlSeconds: 60 }).encode(POSITION, LIST);
  assertEquals(refusal(() => codec().decode(foreign, LIST)), "is not a cursor of this service");
});

Deno.test("numberCursors() encodes positions in lists ordered by a number", () => {
  const cursors = numberCursors("test", { secrets: [SECRET], cursorTtlSeconds: 60 });
  const position = { direction: "before", inclusive: true, anchor: 7n } as const;
  assertEquals(cursors.decode(cursors.encode(position, LIST), LIST), position);
});
