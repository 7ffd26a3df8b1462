import { assertEquals, assertThrows } from "@std/assert";
import { NameError } from "./check_name.ts";
import { checkIdentifiers, otherUse } from "./name_uses.ts";
import { renameText } from "./rename_text.ts";

const TEXTS = new Map([
  ["docs/jobs.md", "A shop with orders and books. Set BOOKS_PORT, books_app."],
  ["server/list.ts", "/** Orders of a shop: select … order by id */ const orders = [], borders = 1;"],
  ["db/roles.sql", "create role template_app;"],
  ["db/copy.ts", 'const table = "ledger_app";'],
  ["tests/e2e/keys_test.ts", "function template() {}\nconst keys = template();"],
  ["server/main.ts", 'import "./invoice_app.ts";'],
  ["tools/metrics_test.ts", 'const text = "zenith3_app 1";'],
  ["deno.json", '{"tasks": {\n"check": "…", "template": "deno run main.ts"}}'],
  ["compose.yaml", "services:\n  postgres:\n    image: postgres\n"],
  [".env.example", "#JOBS_LEASE=30s\n"],
  [".github/ci.yaml", "on: push"],
]);

Deno.test("checkIdentifiers() takes words of pages, comments, examples and other code", () => {
  for (const to of ["shop", "order", "orders", "books", "invoice", "zenith3"]) {
    checkIdentifiers({ to, from: "template", texts: TEXTS });
  }
});

Deno.test("checkIdentifiers() refuses names that would coincide with something of the template", () => {
  const refused = {
    class: "it is a reserved word of TypeScript",
    server: "server/list.ts has this name",
    github: ".github/ci.yaml has this name",
    check: "deno.json has a key of this name",
    postgres: "compose.yaml has a key of this name",
    jobs: "settings such as JOBS_LEASE begin with it",
    ledger: "db/copy.ts has ledger_app",
    keys: "tests/e2e/keys_test.ts has a variable of this name",
  };
  for (const [to, reason] of Object.entries(refused)) {
    const error = assertThrows(
      () => checkIdentifiers({ to, from: "template", texts: TEXTS }),
      NameError,
    );
    assertEquals(
      error.message,
      `"${to}" cannot be the name of a project: ${reason}; add a word, such as ${to}api`,
    );
  }
});

Deno.test("renameText() from a template changes no other use of the name", () => {
  assertEquals(
    renameText("template_app of a template: select from orders order by id", "template", "orders"),
    "orders_app of a orders: select from orders order by id",
  );
});

Deno.test("otherUse() finds words that a later rename would change, inside of others too", () => {
  assertEquals(otherUse("orders", TEXTS), "docs/jobs.md");
  assertEquals(otherUse("borde", TEXTS), "server/list.ts");
  assertEquals(otherUse("acme", TEXTS), undefined);
});
