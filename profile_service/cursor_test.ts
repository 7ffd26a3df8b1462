import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { KeyRing } from "@archway/service_kit/signing/key_ring.ts";
import type { KeysetPosition } from "@archway/service_kit/paging/keyset.ts";
import { CursorError } from "@archway/service_kit/paging/page_cursors.ts";
import { CursorCodec } from "./cursor.ts";
import type { ProfileFilter } from "./ports.ts";
import { timestampOf } from "@archway/db/timestamp.ts";
import { EVERYONE, type Viewer } from "@archway/service_kit/ownership/viewer.ts";

const SECRET = "a secret of more than 32 bytes, for a test";

function codec(options: { secret?: string; nowMs?: () => number } = {}): CursorCodec {
  const keys = new KeyRing([options.secret ?? SECRET], "test");
  return new CursorCodec({ keys, ttlSeconds: 60, nowMs: options.nowMs ?? (() => 1_000_000) });
}

const pivots = fc.tuple(fc.uuid(), fc.bigInt({ min: 0n, max: 4_102_444_800_000_000n }));

const positions: fc.Arbitrary<KeysetPosition> = fc
  .tuple(fc.constantFrom("after", "before"), fc.boolean(), pivots)
  .map(([direction, inclusive, [id, at]]) => ({
    direction,
    inclusive,
    pivot: { id, createdAt: timestampOf(at) },
  }));

const viewers: fc.Arbitrary<Viewer> = fc.oneof(
  fc.constant(EVERYONE),
  fc.string().map((subject): Viewer => ({ kind: "owner", subject })),
);

const filters: fc.Arbitrary<ProfileFilter> = fc.record(
  { viewer: viewers, namePrefix: fc.string(), email: fc.string() },
  { requiredKeys: ["viewer"] },
);

const ALL: ProfileFilter = { viewer: EVERYONE };

const POSITION: KeysetPosition = {
  direction: "after",
  inclusive: false,
  pivot: { id: "01a2023b-983b-7000-83d3-81c8f54d2496", createdAt: "2026-11-22T07:41:00.123456Z" },
};

function refusal(run: () => unknown): string {
  return assertThrows(run, CursorError).reason;
}

Deno.test("CursorCodec.decode() gives back what was encoded", () => {
  fc.assert(fc.property(positions, filters, (position, filter) => {
    assertEquals(codec().decode(codec().encode(position, filter), filter), position);
  }));
});

Deno.test("CursorCodec.decode() refuses a cursor for another filter", () => {
  fc.assert(fc.property(positions, filters, filters, (position, filter, other) => {
    fc.pre(JSON.stringify(filter) !== JSON.stringify(other));
    const text = codec().encode(position, filter);
    assertEquals(refusal(() => codec().decode(text, other)), "belongs to a list with other filters");
  }));
});

Deno.test("CursorCodec.decode() refuses a cursor of another viewer", () => {
  const owners = ["ada", "bob", ""].map((subject): ProfileFilter => ({ viewer: { kind: "owner", subject } }));
  for (const filter of [ALL, ...owners]) {
    const text = codec().encode(POSITION, filter);
    for (const other of [ALL, ...owners].filter((other) => other !== filter)) {
      assertEquals(refusal(() => codec().decode(text, other)), "belongs to a list with other filters");
    }
  }
});

Deno.test("CursorCodec.decode() refuses a cursor of other secrets, and any other text", () => {
  const foreign = codec({ secret: "another secret of more than 32 bytes" }).encode(POSITION, ALL);
  const longer = new KeyRing([SECRET], "test").sign(new Uint8Array(39));
  const format = new KeyRing([SECRET], "test").sign(new Uint8Array(38));
  for (const text of [foreign, longer, format, "", "x", "=".repeat(200), foreign.slice(1)]) {
    assertEquals(refusal(() => codec().decode(text, ALL)), "is not a cursor of this service");
  }
});

Deno.test("CursorCodec.decode() refuses a cursor that has expired", () => {
  let nowMs = 1_000_000;
  const cursors = codec({ nowMs: () => nowMs });
  const text = cursors.encode(POSITION, ALL);
  nowMs += 60_000;
  assertEquals(cursors.decode(text, ALL), POSITION);
  // The end is rounded up to half a minute.
  nowMs += 30_001;
  assertEquals(refusal(() => cursors.decode(text, ALL)), "has expired");
});

Deno.test("CursorCodec.encode() gives the same place the same text for a while, and no other place", () => {
  const cursors = codec();
  const text = cursors.encode(POSITION, ALL);
  assertEquals(cursors.encode(POSITION, ALL), text);
  for (const other of [{ ...POSITION, inclusive: true }, { ...POSITION, direction: "before" as const }]) {
    assertNotEquals(cursors.encode(other, ALL), text);
  }
  assertNotEquals(cursors.encode(POSITION, { ...ALL, namePrefix: "a" }), text);
});
