import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "../support/postgres/use_test_database.ts";
import { CONTACT_COUNT, seedContacts } from "./seed_contacts.ts";

Deno.test("seedContacts() fills a database with the same contacts every time", async () => {
  await using database = await useTestDatabase();
  const sample = await seedContacts(database.instance, { sampleSize: 3 });
  assertEquals(sample.length, 3);
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const { rows } = await pool.reader().query(`
    select count(*)::int as contacts, count(email)::int as emails, count(age)::int as ages,
      min(created_at)::text as oldest, max(created_at)::text as newest, count(distinct id)::int as ids
    from contacts`);
  assertEquals(rows.map((row) => ({ ...row })), [{
    contacts: CONTACT_COUNT,
    emails: 66_667,
    ages: 75_000,
    oldest: "2025-01-01 00:05:00.000017+00",
    newest: "2025-12-14 05:20:01.7+00",
    ids: CONTACT_COUNT,
  }]);
});
