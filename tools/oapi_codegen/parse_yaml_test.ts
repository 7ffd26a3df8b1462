import { assert, assertEquals } from "@std/assert";
import { FaultList } from "./fault.ts";
import { parseYaml } from "./parse_yaml.ts";

Deno.test("parseYaml() reads YAML and JSON alike", () => {
  const faults = new FaultList("f");
  assertEquals(parseYaml("a: [1, no, null]\n", faults), parseYaml('{"a": [1, "no", null]}', faults));
  assert(faults.empty);
});

Deno.test("parseYaml() keeps numbers, dates and __proto__ as the text means them", () => {
  const faults = new FaultList("f");
  const value = parseYaml("a: 2020-01-01\nb: '1'\n__proto__: { c: 1 }\n", faults);
  assertEquals(JSON.stringify(value), '{"a":"2020-01-01","b":"1","__proto__":{"c":1}}');
  assert(faults.empty);
});

Deno.test("parseYaml() refuses what JSON cannot say", () => {
  for (
    const text of ["a: .nan", "a: &x [*x]", "a: !!binary aGk=", "a: 1\na: 2", "{", "? [1]\n: 2", "a: *none"]
  ) {
    const faults = new FaultList("f");
    parseYaml(text, faults);
    assert(!faults.empty, text);
  }
});

Deno.test("parseYaml() refuses aliases that grow without bound", () => {
  const faults = new FaultList("f");
  const lines = ["a: &a [1,1,1,1,1,1,1,1,1]"];
  for (const [from, to] of ["ab", "bc", "cd", "de", "ef"]) {
    lines.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(",")}]`);
  }
  parseYaml(lines.join("\n"), faults);
  assert(!faults.empty);
});
