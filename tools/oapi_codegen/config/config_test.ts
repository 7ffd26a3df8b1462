import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "./config.ts";
import type { ConfigEntry } from "./config_reader.ts";
import { GenerationError } from "../diagnostics/diagnostics.ts";
import { NO_RULES } from "./selection.ts";

Deno.test("parseConfig() reads every field", () => {
  const text = `spec: a.yaml
output: ../api/a
overlays: [fix.yaml]
include: { tags: [pets], operations: [getPet], paths: [/pets/*], media-types: [application/json] }
exclude: { tags: [old] }
names: { operations: { GET /pets: listPets }, schemas: { pet: Pet } }
options:
  base-path: /v1
  exclude-tags: [health]
  default-security: token
  schema-suffix: Model
  client: false
  int64: bigint
  formats: { cep: '^\\d{8}$', email: false }
`;
  const config = parseConfig(text, "cfg");
  const texts = (entries: readonly ConfigEntry[]): readonly string[] => entries.map(({ text }) => text);
  assertEquals([config.spec, config.output.text, config.basePath], ["a.yaml", "../api/a", "/v1"]);
  assertEquals([config.defaultSecurity, config.schemaSuffix, config.client], [
    { scheme: "token" },
    "Model",
    false,
  ]);
  assertEquals([config.int64, [...config.formats]], ["bigint", [["cep", "^\\d{8}$"], ["email", false]]]);
  assertEquals(config.overlays, [{
    text: "fix.yaml",
    place: { file: "cfg", at: "/overlays/0", line: 3, column: 12, source: "overlays: [fix.yaml]" },
  }]);
  assertEquals(Object.values(config.include).map(texts), [["pets"], ["getPet"], ["/pets/*"], [
    "application/json",
  ]]);
  assertEquals([config.exclude.tags, config.excludeTags].map(texts), [["old"], ["health"]]);
  const { operations, schemas } = config.names;
  assertEquals([operations.get("GET /pets")?.text, schemas.get("pet")?.text], ["listPets", "Pet"]);
  const none = parseConfig("spec: a\noutput: b\noptions: { default-security: none }\n", "cfg");
  assertEquals(none.defaultSecurity, "none");
  assertEquals(parseConfig("spec: a\noutput: b\noptions: { base-path: '' }\n", "cfg").basePath, "");
});

Deno.test("parseConfig() applies defaults for missing options", () => {
  const config = parseConfig("spec: a.yaml\noutput: b\n", "cfg");
  assertEquals(config, {
    ...{
      spec: "a.yaml",
      output: { text: "b", place: { file: "cfg", at: "/output", line: 2, column: 1, source: "output: b" } },
      overlays: [],
      excludeTags: [],
    },
    ...{ include: NO_RULES, exclude: NO_RULES, names: { operations: new Map(), schemas: new Map() } },
    ...{
      basePath: undefined,
      defaultSecurity: undefined,
      schemaSuffix: "Schema",
      formats: new Map<string, string | false>(),
      int64: "number",
      client: true,
    },
  });
});

Deno.test("parseConfig() reports all diagnostics at once", () => {
  const error = assertThrows(
    () =>
      parseConfig(
        "spec: 5\noutputs: x\noptions: { exclude-tags: [1], package: p, schema-suffix: a b, default-security: 1, base-path: v1/, " +
          "int64: float, formats: { a: '(a+)+', b: 1, c: '\\-' } }\ninclude: []\n",
        "oapi/cfg.yaml",
      ),
    GenerationError,
  );
  assertEquals(error.diagnostics.map(({ at }) => at).sort(), [
    "/include",
    "/options/base-path",
    "/options/default-security",
    "/options/exclude-tags/0",
    "/options/formats/a",
    "/options/formats/b",
    "/options/formats/c",
    "/options/int64",
    "/options/package",
    "/options/schema-suffix",
    "/output",
    "/outputs",
    "/spec",
  ]);
  assertEquals(new Set(error.diagnostics.map(({ file }) => file)), new Set(["oapi/cfg.yaml"]));
});

Deno.test("parseConfig() rejects anything but an object, and a duplicate field with its line", () => {
  assertThrows(() => parseConfig("- spec", "cfg"), GenerationError, "Expected an object");
  const error = assertThrows(() => parseConfig("spec: a\noutput: b\nspec: c\n", "cfg"), GenerationError);
  assertEquals(error.diagnostics.map(({ at }) => at), ["3:1"]);
});
