import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parse } from "yaml";
import { yamlText } from "./yaml_text.ts";

Deno.test("yamlText() writes blocks, plain texts, literal blocks and quoted texts", () => {
  assertEquals(
    yamlText({
      openapi: "3.1.0",
      paths: {
        "/a/{id}": {
          get: { tags: ["one", "two words"], security: [{ bearer: [] }, {}], "x-a": [[1, 2], []] },
        },
      },
      description: "First line:\n\n  indented # line",
      summary: "One line\n",
      "200": "yes",
      $ref: "#/components/schemas/A",
    }),
    `"200": "yes"
openapi: "3.1.0"
paths:
  /a/{id}:
    get:
      tags:
        - one
        - two words
      security:
        - bearer: []
        - {}
      x-a:
        - - 1
          - 2
        - []
description: |-
  First line:

    indented # line
summary: |
  One line
$ref: "#/components/schemas/A"
`,
  );
});

Deno.test("yamlText() writes what parsers of YAML 1.1 and 1.2 read as the same value", () => {
  const odd = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."a b\n\t:#-?|>&*!%@`'\"{}[],~=.0\u2028\u0085é😀\ufeff") }),
    fc.constantFrom(
      "yes",
      "No",
      "null",
      "~",
      "",
      "1e3",
      "0x1f",
      "1_000",
      "2020-01-01",
      "<<",
      "=",
      "a: b",
      "a #b",
    ),
    fc.string(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, odd, fc.jsonValue({ maxDepth: 0 }), tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 4 }),
    object: fc.dictionary(odd, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  }));
  fc.assert(fc.property(value, (made) => {
    const json = JSON.stringify(made);
    const text = yamlText(JSON.parse(json));
    for (const version of ["1.1", "1.2"] as const) {
      assertEquals(JSON.stringify(parse(text, { version })), json, text);
    }
  }));
});
