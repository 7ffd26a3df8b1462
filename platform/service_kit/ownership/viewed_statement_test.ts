import { assertEquals } from "@std/assert";
import { andOwned, forViewer, viewedStatement } from "./viewed_statement.ts";

Deno.test("forViewer() asks for the owner's rows alone, and for all of those who see everything", () => {
  const find = viewedStatement((owner) => `select from widgets where id = $1${andOwned(owner)}`, 1);
  assertEquals(forViewer(find, { kind: "everyone" }, ["a"]), ["select from widgets where id = $1", ["a"]]);
  assertEquals(forViewer(find, { kind: "owner", subject: "alice" }, ["a"]), [
    "select from widgets where id = $1 and owner = $2",
    ["a", "alice"],
  ]);
});

Deno.test("andOwned() says in the statement's own way what belongs to somebody", () => {
  const condition = (owner: string): string => `exists (select from boxes where boxes.owner = ${owner})`;
  assertEquals(andOwned(undefined, condition), "");
  assertEquals(andOwned("$2", condition), " and exists (select from boxes where boxes.owner = $2)");
});
