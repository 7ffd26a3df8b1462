import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { spec } from "@archway/api/profileapi/spec.gen.ts";
import { parseEntityTags } from "@archway/server/entity_tag.ts";

Deno.test("The document's pattern of If-Match takes what parseEntityTags() takes, and nothing else", () => {
  const { schema } = JSON.parse(spec).components.parameters.IfMatch;
  const pattern = new RegExp(schema.pattern, "u");
  const letters = fc.constantFrom(
    '"',
    '"',
    '"',
    "W/",
    "w/",
    ",",
    ",",
    " ",
    "\t",
    "*",
    "1",
    "a",
    "!",
    "~",
    "\x80",
    "ÿ",
    "Ā",
    "\\",
  );
  const values = fc.array(letters, { minLength: 1, maxLength: 12 }).map((parts) => parts.join("").trim());
  let taken = 0;
  fc.assert(
    fc.property(values.filter((value) => value !== ""), (value) => {
      const parsed = parseEntityTags(value) !== undefined;
      if (parsed) taken++;
      assertEquals(pattern.test(value), parsed, JSON.stringify(value));
    }),
    { numRuns: 20_000 },
  );
  assert(taken > 100, "Hardly a value was taken: the property says little");
});

Deno.test("The document's pattern of If-Match refuses long lists of blanks and commas at once", () => {
  const { schema } = JSON.parse(spec).components.parameters.IfMatch;
  const pattern = new RegExp(schema.pattern, "u");
  for (const part of [" ", ",", ", ", " ,", '"a" , ', '"a",\t']) {
    assertEquals(pattern.test(`${'"a"'}${part.repeat(20_000)}x`), false);
  }
});
