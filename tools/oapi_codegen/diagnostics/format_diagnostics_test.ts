import { assertEquals } from "@std/assert";
import { DiagnosticList } from "./diagnostics.ts";
import { formatDiagnostics } from "./format_diagnostics.ts";
import { parseYaml } from "../syntax/parse_yaml.ts";

const TEXT = `info: { titel: Books }
paths:
  /books: { gte: {} }
`;

Deno.test("formatDiagnostics() quotes the line of each place, with a mark at its column", () => {
  const list = new DiagnosticList("oapi/books.yaml");
  parseYaml(TEXT, list);
  list.add("/info/titel", "Unknown field; did you mean title?");
  list.add("/paths/~1books/gte", "Unknown field; did you mean get?");
  list.add("/paths/~1books/gte/responses", "Responses are missing");
  assertEquals(formatDiagnostics(list.diagnostics, { severity: "error" }), [
    "error: Unknown field (2 times)",
    "  oapi/books.yaml:1:9 /info/titel",
    "    1 | info: { titel: Books }",
    "      |         ^ did you mean title?",
    "  oapi/books.yaml:3:13 /paths/~1books/gte",
    "    3 |   /books: { gte: {} }",
    "      |             ^ did you mean get?",
    "",
    "error: Responses are missing",
    "  oapi/books.yaml:3:13 /paths/~1books/gte/responses",
    "    3 |   /books: { gte: {} }",
    "      |             ^",
    "",
    "3 errors of 2 kinds",
  ]);
});

Deno.test("formatDiagnostics() shows three places of a kind, or all", () => {
  const diagnostics = Array.from({ length: 44 }, (_, index) => ({
    file: "oapi/books.yaml",
    at: `/paths/${index}`,
    message: "Not supported",
  }));
  const lines = formatDiagnostics([...diagnostics, ...diagnostics], { severity: "warning" });
  assertEquals(lines, [
    "warning: Not supported (44 times)",
    "  oapi/books.yaml#/paths/0",
    "  oapi/books.yaml#/paths/1",
    "  oapi/books.yaml#/paths/2",
    "  … and 41 more; deno task gen --all shows them",
    "",
    "44 warnings of 1 kind",
  ]);
  assertEquals(formatDiagnostics(diagnostics, { severity: "warning", all: true }).length, 44 + 3);
  assertEquals(formatDiagnostics([], { severity: "warning" }), []);
});

Deno.test("formatDiagnostics() shows the part of a long line around the place, also of JSON", () => {
  const list = new DiagnosticList("oapi/books.json");
  parseYaml(JSON.stringify({ a: "x".repeat(200), b: 1, c: "y".repeat(200) }), list);
  list.add("/b", "Wrong");
  const [, place, text = "", mark = ""] = formatDiagnostics(list.diagnostics, { severity: "error" });
  assertEquals(place, "  oapi/books.json:1:209 /b");
  assertEquals(text[mark.indexOf("^") + 1], "b");
  assertEquals(text.length < 120, true);
});

Deno.test("parseYaml() reports syntax errors in plain words, one for a line, with the line itself", () => {
  const lines = (text: string): readonly string[] => {
    const list = new DiagnosticList("a.yaml");
    parseYaml(text, list);
    return formatDiagnostics(list.diagnostics, { severity: "error" }).slice(0, 4);
  };
  assertEquals(lines("a: 1\ndescription: one: two\n"), [
    "error: A second colon in this line; put the text in quotes, or the object on lines of its own",
    "  a.yaml:2:14",
    "    2 | description: one: two",
    "      |              ^",
  ]);
  for (
    const [text, message] of [
      ["a: 1\na: 2\n", "The object has this key twice; remove one"],
      ["a:\n\tb: 1\n", "Lines are indented by spaces, not tabs"],
      ["a: { b: 1\nc: 2\n", "The brackets before are not closed, or their lines are not indented"],
      ["a: 'x\n", "The text lacks its closing quote"],
      ["a: 1\nb\nc: 2\n", "The key needs a colon and a value"],
      ["a: @x\n", "A text that begins with this character must be in quotes"],
    ] as const
  ) {
    assertEquals(lines(text)[0], `error: ${message}`);
  }
});
