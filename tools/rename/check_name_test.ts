import { assertThrows } from "@std/assert";
import { checkName, NameError } from "./check_name.ts";

const TEXTS = new Map([["a.ts", "const orders = 1; // Reorder acmeist"]]);

Deno.test("checkName() takes a name that the tree does not use", () => {
  for (const name of ["acme", "order", "x2"]) checkName(name, "template", TEXTS);
});

Deno.test("checkName() refuses what PostgreSQL or Prometheus would not take, the same name, and words in use", () => {
  for (const name of ["", "a", "Acme", "acme-api", "acme_api", "2acme", "a b", "a".repeat(21)]) {
    assertThrows(() => checkName(name, "template", TEXTS), NameError, "2 to 20 lowercase letters");
  }
  assertThrows(() => checkName("template", "template", TEXTS), NameError, "is called template already");
  assertThrows(() => checkName("orders", "template", TEXTS), NameError, "uses already, in a.ts");
});
