import { assertGreaterOrEqual } from "@std/assert";
import { assertConformsEmbedded } from "@archway/tools/support/conformance/assert_conforms.ts";
import { findSuites } from "@archway/tools/support/conformance/suite.ts";
import { services as fixtureServices } from "@archway/tools/support/fixture_program/services.ts";
import { FIXTURE_PROGRAM } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";
import { GENERAL } from "./general_rows.ts";

Deno.test("contacts pass all HTTP conformance tests on the embedded database", async () => {
  const suites = await findSuites(fixtureServices);
  assertGreaterOrEqual(await assertConformsEmbedded(FIXTURE_PROGRAM, { suites, general: GENERAL }), 1_500);
});

// Tests of HTTP in general and all kinds of values run on the fixture program, and in e2e/ on every service.
const suites = await findSuites(services);
if (suites.length > 0) {
  Deno.test("the services of services.ts pass the tests of their documents on the embedded database", async () => {
    await assertConformsEmbedded("main.ts", { suites, isBrief: true });
  });
}
