import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { assertConformsEmbedded } from "@archway/tools/support/conformance/assert_conforms.ts";
import { findSuites } from "@archway/tools/support/conformance/suite.ts";
import { services } from "@archway/tools/support/fixture_program/services.ts";
import { FIXTURE_PROGRAM } from "@archway/tools/support/program.ts";
import { HTTP_THEMES, withHttpRows } from "./http_rows.ts";

Deno.test("contacts pass every negative test of HTTP on the embedded database", async () => {
  await assertConformsEmbedded(FIXTURE_PROGRAM, (await findSuites(services)).map(withHttpRows));
});

Deno.test("HTTP_THEMES has 200 rows or more, and each is named once in its theme", () => {
  const names = HTTP_THEMES.flatMap(({ name, rows, contactRows = [] }) =>
    [...rows, ...contactRows].map((row) => `${name}: ${row.name}`)
  );
  assertGreaterOrEqual(names.length, 200);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  assertEquals(twice, []);
});
