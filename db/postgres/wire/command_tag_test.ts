import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { rowsOfTag } from "./command_tag.ts";

Deno.test("rowsOfTag() returns the number at the end of a command tag", () => {
  const tags = { "INSERT 0 2": 2, "SELECT 20": 20, "UPDATE 0": 0, "COPY 1234567890123": 1234567890123 };
  for (const [tag, rows] of Object.entries({ ...tags, "CREATE TABLE": undefined, "": undefined })) {
    const bytes = Buffer.from(`<${tag}\0`);
    assertEquals(rowsOfTag(bytes, 1, bytes.length), rows, tag);
  }
});
