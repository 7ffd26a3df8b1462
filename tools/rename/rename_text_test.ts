import { assertEquals } from "@std/assert";
import { isRenamed, renameText } from "./rename_text.ts";

Deno.test("renameText() renames in every case, inside of longer names too", () => {
  const text = "Archway's archway_app, ARCHWAY_PORT, dist/archway and .archway; npx archway-x";
  assertEquals(
    renameText(text, "archway", "acme"),
    "Acme's acme_app, ACME_PORT, dist/acme and .acme; npx acme-x",
  );
});

Deno.test("renameText() keeps the platform's import prefix and the purposes of keys", () => {
  for (const kept of ['import "@archway/db/db.ts";', "hkdf(`archway ${purpose}`)"]) {
    assertEquals(renameText(`archway ${kept} archway`, "archway", "acme"), `acme ${kept} acme`);
  }
});

Deno.test("isRenamed() leaves lock files, applied migrations and what is not text", () => {
  const paths = [
    "deno.lock",
    "db/migrations/1_a.sql",
    "docs/a.png",
    "db/roles.sql",
    "README.md",
  ];
  assertEquals(paths.filter(isRenamed), ["db/roles.sql", "README.md"]);
});
