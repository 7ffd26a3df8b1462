import { assertGreaterOrEqual } from "@std/assert";
import { assertConformsEmbedded } from "@archway/tools/support/conformance/assert_conforms.ts";
import { findSuites } from "@archway/tools/support/conformance/find_suites.ts";
import { services } from "@archway/tools/support/fixture_program/services.ts";
import { FIXTURE_PROGRAM } from "@archway/tools/support/program.ts";
import { GENERAL } from "@archway/conformance/general_rows.ts";

Deno.test("contacts pass all HTTP conformance tests on the embedded database", async () => {
  const suites = await findSuites(services);
  assertGreaterOrEqual(await assertConformsEmbedded(FIXTURE_PROGRAM, { suites, general: GENERAL }), 1_500);
});
