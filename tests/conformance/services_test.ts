import { assertEquals } from "@std/assert";
import { assertConformsEmbedded } from "@archway/tools/support/conformance/assert_conforms.ts";
import { findSuites } from "@archway/tools/support/conformance/suite.ts";
import { services } from "../../services.ts";

const suites = (await findSuites(services)).filter(({ themes }) => themes.length > 0);

for (const { list, themes } of suites) {
  Deno.test(`the negative tests of ${list} are named once in their theme`, () => {
    const names = themes.flatMap(({ name, rows }) => rows.map((row) => `${name}: ${row.name}`));
    assertEquals(names.filter((name, index) => names.indexOf(name) !== index), []);
  });
}

// Those of HTTP in general run on the fixture program, and in e2e/ on every service.
if (suites.length > 0) {
  Deno.test("the services of services.ts pass their negative tests on the embedded database", async () => {
    await assertConformsEmbedded("main.ts", suites);
  });
}
