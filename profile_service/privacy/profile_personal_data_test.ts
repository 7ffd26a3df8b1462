import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { eraseDeleted } from "@archway/service_kit/erase_deleted.ts";
import { serviceDatabases } from "@archway/tools/support/service_databases.ts";
import { profileModule } from "../module.ts";
import { ERASURE } from "../persistence/profile_repository.ts";
import { profilePersonalData } from "./profile_personal_data.ts";

const NOW = "2026-03-01T00:00:00Z";

async function create(pool: ConnectionPool, owner: string): Promise<string> {
  const id = crypto.randomUUID();
  await pool.writer().query(
    "insert into profiles (id, name, owner, created_at, updated_at) values ($1, 'Ada', $2, $3, $3)",
    [id, owner, NOW],
  );
  return id;
}

/** Returns the number of rows that an erasure changed. */
async function erase(pool: ConnectionPool, id: string): Promise<number | undefined> {
  const subject = { id, references: [id], cipher: undefined, now: NOW };
  return (await pool.withTx((tx) => profilePersonalData.erase(tx, subject)))[0]?.rows;
}

async function stateOf(pool: ConnectionPool, id: string): Promise<readonly unknown[]> {
  const subject = { id, references: [id], cipher: undefined, now: NOW };
  const records = await Array.fromAsync(profilePersonalData.export(pool.writer(), subject));
  return records.flatMap(({ data, isPersonal }) => [data["name"], data["owner"], isPersonal]);
}

for (const [name, open] of Object.entries(serviceDatabases(profileModule))) {
  Deno.test(`profilePersonalData erases a profile once, and its owner with the last one, on ${name}`, async () => {
    await using database = await open();
    const { pool } = database;
    const [first, last] = [await create(pool, "ada"), await create(pool, "ada")];
    assertEquals(await stateOf(pool, first), ["Ada", "ada", true]);
    assertEquals(await erase(pool, first), 1);
    // The caller has another profile.
    assertEquals(await stateOf(pool, first), ["erased", "ada", false]);
    assertEquals(await erase(pool, first), 0);
    assertEquals(await erase(pool, last), 1);
    assertEquals(await stateOf(pool, first), ["erased", null, false]);
    assertEquals(await stateOf(pool, last), ["erased", null, false]);
    const deleted = await create(pool, "grace");
    await pool.writer().query("update profiles set deleted_at = $2 where id = $1", [deleted, NOW]);
    await eraseDeleted(pool, { table: "profiles", erasure: ERASURE, before: NOW, now: NOW });
    // After its retention, without an erasure.
    assertEquals(await stateOf(pool, deleted), ["erased", "grace", true]);
    assertEquals(await erase(pool, deleted), 1);
    assertEquals(await stateOf(pool, deleted), ["erased", null, false]);
    assertEquals(await erase(pool, deleted), 0);
  });
}
