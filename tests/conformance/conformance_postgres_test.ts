import { assertEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { startSubject } from "../schemathesis/start_subject.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { runRows } from "./run_rows.ts";
import { THEMES } from "./table.ts";
import { assertConforms, STRICT_SETTINGS } from "./testing/assert_conforms.ts";

Deno.test("archway answers every hostile request as the table says on PostgreSQL", async () => {
  await using database = await useTestDatabase();
  await assertConforms({ ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" });
});

Deno.test("archway answers every hostile request of somebody it knows as the table says", async () => {
  await using subject = await startSubject(STRICT_SETTINGS);
  const results = await runRows(subject.url, THEMES, {
    fields: [["Authorization", `Bearer ${subject.token}`]],
  });
  assertEquals(results.filter(({ faults }) => faults.length > 0), []);
  assertEquals(await subject.stop(), { code: 0, complaints: [] });
});
