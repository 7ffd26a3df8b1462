import { assertEquals } from "@std/assert";
import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";
import { undeclaredTables } from "./table_rule.ts";

const SCHEMA = `create table gnus (
  id uuid not null,
  name text not null,
  "order" text,
  constraint gnus_pkey PRIMARY KEY (id)
);

create table yaks (
  id uuid not null
);
`;

const GNUS: TableDeclaration = {
  table: "gnus",
  personal: ["name", "order"],
  retention: { setting: "GNU_RETENTION", rule: "after the deletion" },
  erasure: "null",
};

const YAKS: TableDeclaration = { table: "yaks", personal: [], retention: { rule: "yaks stay" } };

function found(...tables: readonly TableDeclaration[]): readonly string[] {
  const declared = [{ name: "gnus_service", directory: "gnus_service/migrations", tables, schema: SCHEMA }];
  return undeclaredTables(declared, { settings: ["GNU_RETENTION"] })
    .map((line) => line.replace("gnus_service (gnus_service/migrations): ", "").replace(/;.*/, ""));
}

Deno.test("undeclaredTables() accepts a declaration of every table", () => {
  assertEquals(found(GNUS, YAKS), []);
});

Deno.test("undeclaredTables() finds tables without a declaration, and declarations of what does not exist", () => {
  assertEquals(found(GNUS), ["table yaks is not declared"]);
  assertEquals(found(GNUS, YAKS, { ...YAKS, table: "zebus" }), [
    "declares table zebus, which its migrations do not create",
  ]);
  assertEquals(found({ ...GNUS, personal: ["id", "horns"] }, YAKS), [
    "declares column horns of gnus, which does not exist",
  ]);
  assertEquals(found({ ...GNUS, retention: { setting: "YAK_RETENTION", rule: "" } }, YAKS), [
    "the retention of gnus names YAK_RETENTION, which is no setting",
  ]);
  assertEquals(found(GNUS, { ...YAKS, personal: ["id"] }), ["table yaks has personal data"]);
});

Deno.test("undeclaredTables() skips a module whose schema.sql is not written yet", () => {
  const declared = [{ name: "gnus_service", directory: "gnus_service/migrations", tables: [], schema: "" }];
  assertEquals(undeclaredTables(declared, { settings: [] }), []);
});
