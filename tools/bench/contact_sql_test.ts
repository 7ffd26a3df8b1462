import { assertEquals, assertMatch } from "@std/assert";
import { CONTACT_SQL, RECORDED } from "./contact_sql.ts";

const { id, name, email, age, version, time, limit } = RECORDED;

Deno.test("CONTACT_SQL is bound in the order that the bare handler binds", () => {
  assertEquals(CONTACT_SQL.find.parameters, [id]);
  assertEquals(CONTACT_SQL.insert.parameters, [id, name, email, age, version, time, time]);
  assertEquals(CONTACT_SQL.update.parameters, [id, name, email, age, time, [version]]);
  assertEquals(CONTACT_SQL.firstPage.parameters, [limit + 1]);
  assertEquals(CONTACT_SQL.nextPage.parameters, [time, id, limit + 1]);
});

Deno.test("CONTACT_SQL has a placeholder for every parameter", () => {
  for (const { text, parameters } of Object.values(CONTACT_SQL)) {
    const placeholders = [...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
    assertEquals(
      [...new Set(placeholders)].toSorted((a, b) => a - b),
      parameters.map((_, index) => index + 1),
    );
  }
});

Deno.test("CONTACT_SQL is what its names say", () => {
  assertMatch(CONTACT_SQL.find.text, /^select .* from contacts where id = \$1/s);
  assertMatch(CONTACT_SQL.insert.text, /^insert into contacts/);
  assertMatch(CONTACT_SQL.update.text, /^update contacts.*version = any/s);
  assertMatch(CONTACT_SQL.firstPage.text, /order by created_at desc, id desc limit/);
  assertMatch(CONTACT_SQL.nextPage.text, /\(created_at, id\) < \(\$1::timestamptz, \$2::uuid\)/);
});
