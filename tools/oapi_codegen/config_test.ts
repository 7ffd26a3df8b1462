import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "./config.ts";
import { GenerationError } from "./diagnostics.ts";

Deno.test("parseConfig() reads every field", () => {
  const text = "spec: a.yaml\noutput: ../api/a\noptions: { exclude-tags: [health] }\n";
  assertEquals(parseConfig(text, "cfg"), { spec: "a.yaml", output: "../api/a", excludeTags: ["health"] });
});

Deno.test("parseConfig() applies defaults for missing options", () => {
  assertEquals(parseConfig("spec: a.yaml\noutput: b\n", "cfg").excludeTags, []);
});

Deno.test("parseConfig() reports all diagnostics at once", () => {
  const error = assertThrows(
    () => parseConfig("spec: 5\noutputs: x\noptions: { exclude-tags: [1], package: p }\n", "oapi/cfg.yaml"),
    GenerationError,
  );
  assertEquals(error.diagnostics.map(({ at }) => at).sort(), [
    "/options/exclude-tags/0",
    "/options/package",
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
