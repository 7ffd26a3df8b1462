import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DiagnosticList } from "../diagnostics/diagnostics.ts";
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

Deno.test("parseYaml() applies merge keys, and finds the lines of what they merge", () => {
  const diagnostics = new DiagnosticList("f");
  const text = "a: &a\n  x: 1\n  y: 2\nb: { <<: *a, y: 3 }\nc: { <<: [*a, { z: 4 }] }\nd: { '<<': 5 }\n";
  assertEquals(parseYaml(text, diagnostics), {
    a: { x: 1, y: 2 },
    b: { x: 1, y: 3 },
    c: { x: 1, y: 2, z: 4 },
    d: { "<<": 5 },
  });
  assertEquals(["/b/x", "/b/y", "/c/z"].map((at) => diagnostics.locate(at).line), [2, 4, 5]);
  const wrong = new DiagnosticList("f");
  parseYaml("a: { <<: 5 }", wrong);
  assertStringIncludes(wrong.diagnostics[0]?.message ?? "", "merge key");
});

Deno.test("parseYaml() follows an alias that is used often", () => {
  const diagnostics = new DiagnosticList("f");
  const uses = Array.from({ length: 500 }, (_, index) => `k${index}: *a\n`).join("");
  const value = parseYaml(`a: &a { x: 1 }\n${uses}`, diagnostics);
  assertEquals(Object.keys(value ?? {}).length, 501);
});
