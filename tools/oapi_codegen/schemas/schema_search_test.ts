import { assertEquals } from "@std/assert";
import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { member } from "../document/json_value.ts";
import { References } from "../document/references.ts";
import { SchemaSearch } from "./schema_search.ts";

const ROOT: JsonValue = {
  a: { properties: { next: { $ref: "#/b" } } },
  b: { items: { $ref: "#/a" }, anyOf: [{ $ref: "#/c" }] },
  c: { allOf: [{ default: 1 }] },
  d: { items: { $ref: "#/d" }, not: { $ref: "#/e" } },
  e: { type: "string" },
};

Deno.test("SchemaSearch.finds() follows references and circles, and remembers", () => {
  for (const order of ["abcde", "edcba", "bacde"]) {
    let looked = 0;
    const references = new References(ROOT, new DiagnosticList("t.yaml"));
    const search = new SchemaSearch(references, ({ value }) => {
      looked++;
      return member(value, "default") !== undefined;
    });
    const results = (): readonly string[] =>
      [...order].filter((name) => search.finds({ value: member(ROOT, name) ?? null, pointer: `/${name}` }));
    assertEquals(results().toSorted(), ["a", "b", "c"], order);
    const before = looked;
    assertEquals([results().length, looked], [3, before], order);
  }
});
