import { assertEquals } from "@std/assert";
import { v7 as newId } from "uuid";
import type { ConnectionPool } from "@archway/db/db.ts";
import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { PROFILE_DATABASES } from "../testing/profile_databases.ts";
import { PostgresProfileRepository } from "./profile_repository.ts";

const NOW = "2026-03-01T00:00:00Z";
const repository = new PostgresProfileRepository();

/** Creates a profile, and deletes it unless `deletedAt` is undefined. Returns its id. */
async function create(
  pool: ConnectionPool,
  { deletedAt, by = repository }: { readonly deletedAt?: string; readonly by?: PostgresProfileRepository } =
    {},
): Promise<string> {
  const id = newId();
  const insert = `insert into profiles (id, name, email, age, owner, created_at, updated_at)
    values ($1, 'Ada', $2, 36, 'ada', '2026-01-01Z', '2026-01-01Z')`;
  await pool.writer().query(insert, [id, `${id}@example.com`]);
  if (deletedAt !== undefined) {
    await by.softDelete(pool.writer(), { id, scope: UNRESTRICTED, condition: "any", now: deletedAt });
  }
  return id;
}

async function stored(pool: ConnectionPool, id: string): Promise<unknown> {
  const { rows } = await pool.writer().query("select name, email, age, owner from profiles where id = $1", [
    id,
  ]);
  return rows[0];
}

const ERASED = { name: "erased", email: null, age: null, owner: "ada" };

const CASES: Readonly<Record<string, (pool: ConnectionPool) => Promise<void>>> = {
  "eraseDeleted() erases personal data of what was deleted by then, and keeps the row": async (pool) => {
    const early = await create(pool, { deletedAt: "2026-02-01T00:00:00Z" });
    const late = await create(pool, { deletedAt: "2026-02-01T00:00:00.000001Z" });
    const active = await create(pool);
    assertEquals(await repository.eraseDeleted(pool, { before: "2026-02-01T00:00:00Z", now: NOW }), 1);
    assertEquals(await stored(pool, early), ERASED);
    for (const id of [late, active]) {
      assertEquals(await stored(pool, id), {
        name: "Ada",
        email: `${id}@example.com`,
        age: 36,
        owner: "ada",
      });
    }
    assertEquals(await repository.eraseDeleted(pool, { before: "2026-02-01T00:00:00Z", now: NOW }), 0);
  },
  "eraseDeleted() goes through any number of profiles in batches": async (pool) => {
    await pool.writer().query(`insert into profiles (id, name, created_at, updated_at, deleted_at)
      select gen_random_uuid(), 'Person ' || n, now(), now(), timestamptz '2026-02-01Z' from generate_series(1, 2500) as n`);
    assertEquals(await repository.eraseDeleted(pool, { before: "2026-02-02T00:00:00Z", now: NOW }), 2500);
    const left = await pool.writer().query("select from profiles where name <> 'erased'");
    assertEquals(left.rowCount, 0);
  },
  "softDelete() erases at once where the repository is set to": async (pool) => {
    const by = new PostgresProfileRepository({ eraseOnDelete: true });
    const id = await create(pool, { deletedAt: "2026-02-01T00:00:00Z", by });
    assertEquals(await stored(pool, id), ERASED);
  },
};

for (const [name, open] of Object.entries(PROFILE_DATABASES)) {
  Deno.test(`PostgresProfileRepository erases personal data on ${name}`, async (t) => {
    await using database = await open();
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from profiles");
        await run(database.pool);
      });
    }
  });
}

Deno.test("PostgresProfileRepository.eraseDeleted() does nothing while another instance does it", async () => {
  const { PostgreSQL: open } = PROFILE_DATABASES;
  if (open === undefined) throw new Error("There is no PostgreSQL");
  await using database = await open();
  const { pool } = database;
  const id = await create(pool, { deletedAt: "2026-02-01T00:00:00Z" });
  const [locked, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const other = pool.withTx(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtextextended('erase profiles', 0))");
    locked.resolve();
    await done.promise;
  });
  await locked.promise;
  assertEquals(await repository.eraseDeleted(pool, { before: "2026-02-02T00:00:00Z", now: NOW }), 0);
  done.resolve();
  await other;
  assertEquals(await repository.eraseDeleted(pool, { before: "2026-02-02T00:00:00Z", now: NOW }), 1);
  assertEquals(await stored(pool, id), ERASED);
});
