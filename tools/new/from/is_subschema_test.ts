import { assertEquals } from "@std/assert";
import { join } from "node:path";
import type { JsonValue } from "@archway/server/operation.ts";
import { isSubschema } from "./is_subschema.ts";
import { readDocument } from "./document_files.ts";

const GUEST = { type: "object", required: ["name"], properties: { name: { type: "string" } } };
const GUESTS = { type: "array", items: GUEST };

/** Pairs of schemas: whether all values of the first are values of the second. */
const PAIRS: readonly (readonly [source: JsonValue, target: JsonValue, isWithin: boolean])[] = [
  [GUESTS, { ...GUESTS, description: "Who comes" }, true],
  [{ ...GUESTS, minItems: 1, maxItems: 9, uniqueItems: true }, GUESTS, true],
  [GUESTS, { ...GUESTS, minItems: 1 }, false],
  [{ ...GUESTS, minItems: 2 }, { ...GUESTS, minItems: 1 }, true],
  [{ ...GUESTS, maxItems: 9 }, { ...GUESTS, maxItems: 5 }, false],
  [{ ...GUESTS, items: { ...GUEST, properties: { name: { type: "string", maxLength: 9 } } } }, GUESTS, true],
  [GUESTS, { ...GUESTS, items: { ...GUEST, properties: { name: { type: "string", maxLength: 9 } } } }, false],
  [GUESTS, { ...GUESTS, items: { type: "object", properties: GUEST.properties } }, true],
  [{ ...GUESTS, items: { type: "object", properties: GUEST.properties } }, GUESTS, false],
  [{ ...GUESTS, items: { ...GUEST, properties: {} } }, GUESTS, false],
  [{ ...GUESTS, items: { type: "string" } }, GUESTS, false],
  [{ type: "object", additionalProperties: { type: "string" } }, { type: "object" }, false],
];

Deno.test("isSubschema() compares limits at any depth", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_subschema_" });
  try {
    const path = join(folder, "empty.yaml");
    await Deno.writeTextFile(path, `openapi: 3.1.0\ninfo: { title: T, version: "1" }\npaths: {}\n`);
    const { references } = await readDocument(path);
    for (const [source, target, isWithin] of PAIRS) {
      const [one, other] = [source, target].map((value) => ({ schemas: [{ value, pointer: "" }] }));
      if (one === undefined || other === undefined) throw new Error("no schemas");
      assertEquals(isSubschema(one, other, { references }), isWithin, JSON.stringify([source, target]));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
