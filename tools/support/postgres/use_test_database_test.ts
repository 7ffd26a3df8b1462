import { assertEquals, assertNotEquals } from "@std/assert";
import postgres from "postgres";
import { useTestDatabase } from "./use_test_database.ts";

Deno.test("useTestDatabase() creates an empty database and drops it", async () => {
  await using other = await useTestDatabase();
  const admin = postgres({ ...other.instance, max: 1 });
  let name: string;
  {
    await using database = await useTestDatabase();
    name = database.instance.database;
    assertNotEquals(name, other.instance.database);
    const sql = postgres({ ...database.instance, max: 1 });
    await sql`CREATE TABLE only_here (id int)`;
    // Left open: the database is dropped nevertheless.
    sql.end();
  }
  assertEquals((await admin`SELECT 1 FROM pg_database WHERE datname = ${name}`).length, 0);
  assertEquals((await admin`SELECT 1 FROM pg_class WHERE relname = 'only_here'`).length, 0);
  await admin.end();
});
