import { assertEquals, assertRejects } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import { untilNothingLeaks } from "./testing/until_nothing_leaks.ts";

const applicationName = "archway on a full disk";

/** Fails like PostgreSQL on a full disk. e2e/disk_full_test.ts uses a disk that is actually full. */
const FAIL = `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE 'could not extend file "base/1/1": No space left on device' USING ERRCODE = '53100';
END $$`;

Deno.test("openPool() rejects with unavailable on a full disk, and leaks no row or connection", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [], applicationName });
  await using observer = openPool({ primary: database.instance, replicas: [] });
  const writer = pool.writer();
  await writer.query("CREATE TABLE things (id int)");
  await writer.query(FAIL);
  await writer.query(
    "CREATE TRIGGER full_disk AFTER INSERT ON things FOR EACH ROW EXECUTE FUNCTION no_room()",
  );
  const insert = "INSERT INTO things VALUES (1)";
  for (const write of [() => writer.query(insert), () => pool.withTx((tx) => tx.query(insert))]) {
    const errors = await Promise.all(Array.from({ length: 20 }, () => assertRejects(write, DatabaseError)));
    assertEquals(
      new Set(errors.map(({ code, sqlState }) => `${code} ${sqlState}`)),
      new Set(["unavailable 53100"]),
    );
  }
  assertEquals((await writer.query("SELECT FROM things")).rowCount, 0);
  await untilNothingLeaks({ pool, observer, applicationName });
  await writer.query("DROP TRIGGER full_disk ON things");
  assertEquals((await writer.query(insert)).rowCount, 1);
});
