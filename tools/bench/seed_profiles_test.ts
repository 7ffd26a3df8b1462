import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "../support/postgres/use_test_database.ts";
import { PROFILE_COUNT, seedProfiles } from "./seed_profiles.ts";

Deno.test("seedProfiles() fills a database with the same profiles every time", async () => {
  await using database = await useTestDatabase();
  const sample = await seedProfiles(database.instance, { sampleSize: 3 });
  assertEquals(sample.length, 3);
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const { rows } = await pool.reader().query(`
    select count(*)::int as profiles, count(email)::int as emails, count(age)::int as ages,
      min(created_at)::text as oldest, max(created_at)::text as newest, count(distinct id)::int as ids
    from profiles`);
  assertEquals(rows.map((row) => ({ ...row })), [{
    profiles: PROFILE_COUNT,
    emails: 66_667,
    ages: 75_000,
    oldest: "2025-01-01 00:05:00.000017+00",
    newest: "2025-12-14 05:20:01.7+00",
    ids: PROFILE_COUNT,
  }]);
});
