import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { ReceivedRows } from "./received_rows.ts";

Deno.test("ReceivedRows returns the bytes that were added, in their order", () => {
  const part = fc.integer({ min: 0, max: 20_000 });
  fc.assert(fc.property(fc.array(fc.array(part, { maxLength: 20 }), { maxLength: 4 }), (rounds) => {
    const rows = new ReceivedRows();
    for (const lengths of rounds) {
      const added = lengths.map((length, index) => Buffer.alloc(length, index + 1));
      for (const bytes of added) {
        rows.add(Buffer.concat([Buffer.of(0), bytes, Buffer.of(0)]), 1, 1 + bytes.length);
      }
      const expected = Buffer.concat(added);
      assertEquals(rows.size, expected.length);
      assertEquals(Buffer.concat(rows.take()).equals(expected), true);
      assertEquals(rows.size, 0);
    }
  }));
});

Deno.test("ReceivedRows joins short parts, also after some were taken", () => {
  const rows = new ReceivedRows();
  const row = Buffer.from("1\ta\n");
  const taken: (readonly Uint8Array[])[] = [];
  for (let count = 0; count < 100_000; count++) {
    rows.add(row, 0, row.length);
    if (count % 50_000 === 49_999) taken.push(rows.take());
  }
  for (const parts of taken) assertLess(parts.length, 6);
  assertEquals(Buffer.concat(taken.flat()).toString(), "1\ta\n".repeat(100_000));
});
