import { assertEquals, assertRejects } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";

const SELECT = "SELECT * FROM things WHERE id = $1";

Deno.test("query() settles every statement when a table changes under prepared ones", async () => {
  await using database = await useTestDatabase();
  // One connection, so that the statements are pipelined.
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  await using migrator = openPool({ primary: database.instance, replicas: [] });
  await migrator.writer().query("CREATE TABLE things AS SELECT 1 AS id");
  const writer = pool.writer();
  await writer.query(SELECT, [1]);
  for (const column of ["a", "b", "c"]) {
    await migrator.writer().query(`ALTER TABLE things ADD COLUMN ${column} int`);
    const results = await Promise.all([1, 2, 3, 4, 5, 6].map(async (n) => {
      const numbers = writer.query("SELECT $1::int AS n", [n]);
      const things = writer.query<{ readonly id: number }>(SELECT, [1]);
      return [(await numbers).rows, (await things).rows.map((row) => [row.id, Object.keys(row).at(-1)])];
    }));
    assertEquals(results, [1, 2, 3, 4, 5, 6].map((n) => [[{ n }], [[1, column]]]));
  }
});

Deno.test("withTx() retries the conflict of a changed table if repeatable", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  await using migrator = openPool({ primary: database.instance, replicas: [] });
  await migrator.writer().query("CREATE TABLE things AS SELECT 1 AS id");
  await pool.writer().query(SELECT, [1]);
  await migrator.writer().query("ALTER TABLE things ADD COLUMN a int");
  const error = await assertRejects(() => pool.withTx((tx) => tx.query(SELECT, [1])), DatabaseError);
  assertEquals(error.code, "conflict");
  await migrator.writer().query("ALTER TABLE things ADD COLUMN b int");
  await pool.writer().query(SELECT, [1]);
  await migrator.writer().query("ALTER TABLE things ADD COLUMN c int");
  const { rows } = await pool.withTx((tx) => tx.query(SELECT, [1]), { repeatable: true });
  assertEquals(rows, [{ id: 1, a: null, b: null, c: null }]);
});
