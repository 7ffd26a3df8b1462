import { assertEquals } from "@std/assert";
import { andOwned, scopedStatement, statementFor } from "./scoped_statement.ts";

Deno.test("statementFor() adds a condition on the owner in the scope of one owner only", () => {
  const find = scopedStatement((owner) => `select from widgets where id = $1${andOwned(owner)}`, 1);
  assertEquals(statementFor(find, { kind: "all" }, ["a"]), ["select from widgets where id = $1", ["a"]]);
  assertEquals(statementFor(find, { kind: "owner", subject: "alice" }, ["a"]), [
    "select from widgets where id = $1 and owner = $2",
    ["a", "alice"],
  ]);
});

Deno.test("andOwned() accepts a custom condition on the owner", () => {
  const condition = (owner: string): string => `exists (select from boxes where boxes.owner = ${owner})`;
  assertEquals(andOwned(undefined, condition), "");
  assertEquals(andOwned("$2", condition), " and exists (select from boxes where boxes.owner = $2)");
});
