import { assert, assertEquals } from "@std/assert";
import { DiagnosticList } from "./diagnostics.ts";
import { parseYaml } from "./parse_yaml.ts";

Deno.test("parseYaml() parses YAML and JSON", () => {
  const diagnostics = new DiagnosticList("f");
  assertEquals(
    parseYaml("a: [1, no, null]\n", diagnostics),
    parseYaml('{"a": [1, "no", null]}', diagnostics),
  );
  assert(diagnostics.empty);
});

Deno.test("parseYaml() preserves numbers, dates and __proto__", () => {
  const diagnostics = new DiagnosticList("f");
  const value = parseYaml("a: 2020-01-01\nb: '1'\n__proto__: { c: 1 }\n", diagnostics);
  assertEquals(JSON.stringify(value), '{"a":"2020-01-01","b":"1","__proto__":{"c":1}}');
  assert(diagnostics.empty);
});

Deno.test("parseYaml() rejects values that JSON cannot represent", () => {
  for (
    const text of ["a: .nan", "a: &x [*x]", "a: !!binary aGk=", "a: 1\na: 2", "{", "? [1]\n: 2", "a: *none"]
  ) {
    const diagnostics = new DiagnosticList("f");
    parseYaml(text, diagnostics);
    assert(!diagnostics.empty, text);
  }
});

Deno.test("parseYaml() rejects exponentially growing aliases", () => {
  const diagnostics = new DiagnosticList("f");
  const lines = ["a: &a [1,1,1,1,1,1,1,1,1]"];
  for (const [from, to] of ["ab", "bc", "cd", "de", "ef"]) {
    lines.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(",")}]`);
  }
  parseYaml(lines.join("\n"), diagnostics);
  assert(!diagnostics.empty);
});
