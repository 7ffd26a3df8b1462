import { assertEquals, assertMatch } from "@std/assert";
import { PROFILE_SQL, RECORDED } from "./profile_sql.ts";

const { id, name, email, age, version, time, limit } = RECORDED;

Deno.test("PROFILE_SQL is bound in the order that the bare handler binds", () => {
  assertEquals(PROFILE_SQL.find.parameters, [id]);
  assertEquals(PROFILE_SQL.insert.parameters, [id, name, email, age, version, time, time]);
  assertEquals(PROFILE_SQL.update.parameters, [id, name, email, age, time, [version]]);
  assertEquals(PROFILE_SQL.firstPage.parameters, [limit + 1]);
  assertEquals(PROFILE_SQL.nextPage.parameters, [time, id, limit + 1]);
});

Deno.test("PROFILE_SQL has a placeholder for every parameter", () => {
  for (const { text, parameters } of Object.values(PROFILE_SQL)) {
    const placeholders = [...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
    assertEquals(
      [...new Set(placeholders)].toSorted((a, b) => a - b),
      parameters.map((_, index) => index + 1),
    );
  }
});

Deno.test("PROFILE_SQL is what its names say", () => {
  assertMatch(PROFILE_SQL.find.text, /^select .* from profiles where id = \$1/s);
  assertMatch(PROFILE_SQL.insert.text, /^insert into profiles/);
  assertMatch(PROFILE_SQL.update.text, /^update profiles.*version = any/s);
  assertMatch(PROFILE_SQL.firstPage.text, /order by created_at desc, id desc limit/);
  assertMatch(PROFILE_SQL.nextPage.text, /\(created_at, id\) < \(\$1::timestamptz, \$2::uuid\)/);
});
