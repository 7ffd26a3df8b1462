import { assertEquals, assertThrows } from "@std/assert";
import { EditedText } from "./edit_text.ts";
import { NewError } from "./usage_error.ts";

Deno.test("EditedText.insert() inserts after the first group of a pattern that matches once", () => {
  const file = new EditedText("a.ts", "const A = [1, 2];\nconst B = [1];\n");
  file.insert(/(const A = \[[^\]]*)\]/, ", 3");
  file.insert(/()^const B/m, "// b\n");
  assertEquals(file.text, "const A = [1, 2, 3];\n// b\nconst B = [1];\n");
  for (const pattern of [/(const C)/, /(const)/]) {
    assertThrows(() => file.insert(pattern, ""), NewError, "a.ts has not the form");
  }
});
