import { startAuthenticated } from "@archway/tools/support/authenticated_program.ts";
import { assertConforms, STRICT_SETTINGS } from "@archway/tools/support/conformance/assert_conforms.ts";
import { findSuites } from "@archway/tools/support/conformance/find_suites.ts";
import { services as fixtureServices } from "@archway/tools/support/fixture_program/services.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { FIXTURE_PROGRAM, Program } from "@archway/tools/support/program.ts";
import { services } from "../../../services.ts";
import { GENERAL } from "@archway/conformance/general_rows.ts";

const PROGRAMS = [
  { name: "the fixture program", main: FIXTURE_PROGRAM, services: fixtureServices },
  { name: "archway", main: "main.ts", services },
];

for (const { name, main, services } of PROGRAMS) {
  const suites = await findSuites(services);
  if (suites.length === 0) continue;

  Deno.test(`${name} passes all HTTP conformance tests on PostgreSQL`, async () => {
    await using database = await useTestDatabase();
    const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
    await using program = new Program({ ...environment, ...STRICT_SETTINGS }, [], { main });
    await assertConforms(program, { suites, general: GENERAL });
  });

  Deno.test(`${name} passes all HTTP conformance tests of an authenticated caller`, async () => {
    await using started = await startAuthenticated({ services, main, environment: STRICT_SETTINGS });
    const fields = [["Authorization", `Bearer ${started.token}`]] as const;
    await assertConforms(started.program, { suites, fields, general: GENERAL });
  });
}
