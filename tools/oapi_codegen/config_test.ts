import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "./config.ts";
import { GenerationError } from "./diagnostics.ts";

Deno.test("parseConfig() reads every field", () => {
  const text =
    "spec: a.yaml\noutput: ../api/a\noptions:\n  exclude-tags: [health]\n  default-security: token\n" +
    "  schema-suffix: Model\n  client: false\n";
  assertEquals(parseConfig(text, "cfg"), {
    spec: "a.yaml",
    output: "../api/a",
    excludeTags: ["health"],
    defaultSecurity: { scheme: "token" },
    schemaSuffix: "Model",
    client: false,
  });
  const none = parseConfig("spec: a\noutput: b\noptions: { default-security: none }\n", "cfg");
  assertEquals(none.defaultSecurity, "none");
});

Deno.test("parseConfig() applies defaults for missing options", () => {
  const { excludeTags, defaultSecurity, schemaSuffix, client } = parseConfig(
    "spec: a.yaml\noutput: b\n",
    "cfg",
  );
  assertEquals([excludeTags, defaultSecurity, schemaSuffix, client], [[], undefined, "Schema", true]);
});

Deno.test("parseConfig() reports all diagnostics at once", () => {
  const error = assertThrows(
    () =>
      parseConfig(
        "spec: 5\noutputs: x\noptions: { exclude-tags: [1], package: p, schema-suffix: a b, default-security: 1 }\n",
        "oapi/cfg.yaml",
      ),
    GenerationError,
  );
  assertEquals(error.diagnostics.map(({ at }) => at).sort(), [
    "/options/default-security",
    "/options/exclude-tags/0",
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
