import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { parse } from "yaml";
import { parseEntityTags } from "@archway/server/entity_tag.ts";
import { DOCUMENT_FOLDERS } from "@archway/tools/oapi_codegen/document_folders.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Patterns of the parameter If-Match in the common files of OpenAPI documents. */
const PATTERNS = await Promise.all(DOCUMENT_FOLDERS.map(async (folder) => {
  const commons = parse(await Deno.readTextFile(join(ROOT, folder, "common.yaml")));
  return new RegExp(commons.components.parameters.IfMatch.schema.pattern, "u");
}));

Deno.test("The OpenAPI pattern of If-Match accepts exactly what parseEntityTags() accepts", () => {
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
  let accepted = 0;
  fc.assert(
    fc.property(values.filter((value) => value !== ""), (value) => {
      const parsed = parseEntityTags(value) !== undefined;
      if (parsed) accepted++;
      for (const pattern of PATTERNS) assertEquals(pattern.test(value), parsed, JSON.stringify(value));
    }),
    { numRuns: 20_000 },
  );
  assert(accepted > 100, "Too few values were accepted for a meaningful property");
});

Deno.test("The OpenAPI pattern of If-Match rejects long lists of blanks and commas in linear time", () => {
  for (const part of [" ", ",", ", ", " ,", '"a" , ', '"a",\t']) {
    const value = `${'"a"'}${part.repeat(20_000)}x`;
    for (const pattern of PATTERNS) assertEquals(pattern.test(value), false);
  }
});
