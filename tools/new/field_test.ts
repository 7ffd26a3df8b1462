import { assertEquals, assertThrows } from "@std/assert";
import { parseFields } from "./field.ts";
import { NewError } from "./usage_error.ts";

Deno.test("parseFields() returns name, type and whether a field is optional", () => {
  const fields = parseFields([
    "dueDate:date?",
    "unit_price:money",
    "state:enum(open, paid)",
    "count:integer(-1..5)",
  ]);
  assertEquals(fields.map(({ name, type, isOptional }) => [name.camel, name.snake, type, isOptional]), [
    ["dueDate", "due_date", { kind: "date" }, true],
    ["unitPrice", "unit_price", { kind: "money" }, false],
    ["state", "state", { kind: "enum", values: ["open", "paid"] }, false],
    ["count", "count", { kind: "integer", min: -1, max: 5 }, false],
  ]);
  const sizes = parseFields(["a:text", "b:text(500)?", "c:integer"]).map(({ type }) => type);
  assertEquals(sizes, [
    { kind: "text", max: 200 },
    { kind: "text", max: 500 },
    { kind: "integer", min: -2147483648, max: 2147483647 },
  ]);
});

/** Invalid fields, and a part of the message about each. */
const INVALID: readonly (readonly [readonly string[], string])[] = [
  [[], "at least one field"],
  [["title"], "expected <name>:<type>"],
  [["title:"], "expected <name>:<type>"],
  [["Title:text"], "camel or snake case"],
  [[`${"a".repeat(29)}:text`], "at most 28 letters"],
  [["title:string"], 'unknown type "string"; expected one of: text, text(<max>), integer'],
  [["title:text(0)"], "from 1 to 10000, such as text(500)"],
  [["title:text(10001)"], "from 1 to 10000"],
  [["count:integer(5)"], "integer(<min>..<max>)"],
  [["count:integer(5..5)"], "in ascending order"],
  [["count:integer(0..2147483648)"], "32-bit"],
  [["state:enum"], "two or more different values"],
  [["state:enum(a)"], "two or more different values"],
  [["state:enum(a,a)"], "two or more different values"],
  [["state:enum(a,b c)"], "two or more different values"],
  [["on:date"], "reserved word"],
  [["class:text"], "reserved word"],
  [["id:uuid"], "every resource or list has a member of this name"],
  [["due:date(1)"], "date takes nothing in parentheses"],
  [["a:text", "a:date"], "Two fields have a property a"],
  [["fee:money", "feeCurrency:text"], "Two fields have a property feeCurrency"],
];

Deno.test("parseFields() reports the reason and the correct form of an invalid field", () => {
  for (const [fields, message] of INVALID) assertThrows(() => parseFields(fields), NewError, message);
});
