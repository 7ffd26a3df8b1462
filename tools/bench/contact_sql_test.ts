import { assertEquals, assertMatch } from "@std/assert";
import { CONTACT_SQL, RECORDED } from "./contact_sql.ts";

Deno.test("CONTACT_SQL has a placeholder for every parameter, in the order that the bare handler binds", () => {
  const { id, name, email, time } = RECORDED;
  assertEquals(CONTACT_SQL.find.parameters, [id]);
  assertEquals(CONTACT_SQL.insert.parameters, [id, name, email, "36", "1", time, time]);
  assertEquals(CONTACT_SQL.update.parameters, [id, name, email, "36", time, "{1}"]);
  assertEquals(CONTACT_SQL.firstPage.parameters, ["21"]);
  assertEquals(CONTACT_SQL.nextPage.parameters, [time, id, "21"]);
  for (const { text, parameters } of Object.values(CONTACT_SQL)) {
    const placeholders = new Set([...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
    assertEquals([...placeholders].toSorted((a, b) => a - b), parameters.map((_, index) => index + 1));
  }
});

Deno.test("CONTACT_SQL is what its names say", () => {
  assertMatch(CONTACT_SQL.find.text, /^select .* from contacts where id = \$1/s);
  assertMatch(CONTACT_SQL.insert.text, /^insert into contacts/);
  assertMatch(CONTACT_SQL.update.text, /^update contacts.*version = any/s);
  assertMatch(CONTACT_SQL.firstPage.text, /order by created_at desc, id desc limit/);
  assertMatch(CONTACT_SQL.nextPage.text, /\(created_at, id\) < \(\$1::timestamptz, \$2::uuid\)/);
});
