import { assert, assertEquals, assertRejects } from "@std/assert";
import { v7 as newId } from "uuid";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { ErasedRows, PersonalDataSource, PersonalRecord } from "@archway/service_kit/personal_data.ts";
import { serviceDatabases } from "@archway/tools/support/service_databases.ts";
import { privacyModule } from "../module.ts";
import { eraseSubject, type ErasureReceipt, lastErasure, requestErasure } from "./erase_subject.ts";

const NOW = "2026-03-01T00:00:00Z";

/** Widgets of persons, which count how often they are erased. */
const widgets: PersonalDataSource = {
  async *export(): AsyncIterable<PersonalRecord> {},
  async erase(tx, { id }): Promise<readonly ErasedRows[]> {
    const { rowCount } = await tx.query("update widgets set erased = erased + 1 where person = $1", [id]);
    return [{ table: "widgets", rows: rowCount }];
  },
};

class Stopped extends Error {}

/** Fails as if the program was stopped. */
const failing: PersonalDataSource = {
  async *export(): AsyncIterable<PersonalRecord> {},
  erase: () => Promise.reject(new Stopped()),
};

async function erasedOf(pool: ConnectionPool, person: string): Promise<number | undefined> {
  const { rows } = await pool.writer().query<{ erased: number }>(
    "select erased from widgets where person = $1",
    [
      person,
    ],
  );
  return rows[0]?.erased;
}

Deno.test("eraseSubject()", async (t) => {
  const { PostgreSQL: open } = serviceDatabases(privacyModule);
  assert(open !== undefined);
  await using database = await open();
  const { pool } = database;
  await pool.writer().query("create table widgets (person text not null, erased integer not null default 0)");
  const request = async (subject: string): Promise<string> => {
    await pool.writer().query("insert into widgets (person) values ($1)", [subject]);
    return (await requestErasure(pool, subject, { id: newId(), now: NOW })).id;
  };
  const erase = (
    subject: string,
    id: string,
    ...sources: readonly PersonalDataSource[]
  ): Promise<ErasureReceipt | undefined> =>
    eraseSubject(pool, { request: id, subject }, { sources, cipher: undefined, now: () => NOW });

  await t.step("changes nothing if it is stopped, and completes when it is repeated", async () => {
    const id = await request("ada");
    await assertRejects(() => erase("ada", id, widgets, failing), Stopped);
    assertEquals(await erasedOf(pool, "ada"), 0);
    assertEquals((await pool.writer().query("select from subject_keys")).rowCount, 0);
    const receipt = await erase("ada", id, widgets);
    assertEquals(receipt, {
      ...{
        request: id,
        subject: "ada",
        requestedAt: NOW,
        completedAt: NOW,
        keyDestroyed: false,
        documentKeysDestroyed: 0,
      },
      erased: [{ table: "widgets", rows: 1 }],
    });
    // Nothing runs for a request that was completed.
    assertEquals(await erase("ada", id, failing), receipt);
    assertEquals(await erasedOf(pool, "ada"), 1);
    assertEquals(await lastErasure(pool.writer(), "ada"), { id, completedAt: NOW });
  });
  await t.step("erases once if it runs several times at once", async () => {
    const id = await request("bob");
    const receipts = await Promise.all(Array.from({ length: 4 }, () => erase("bob", id, widgets)));
    assertEquals(new Set(receipts.map((receipt) => JSON.stringify(receipt))).size, 1);
    assertEquals(await erasedOf(pool, "bob"), 1);
  });
  await t.step("refuses the request of another person", async () => {
    const id = await request("cora");
    assertEquals(await erase("dan", id, widgets), undefined);
    assertEquals(await lastErasure(pool.writer(), "cora"), undefined);
    assertEquals(await erasedOf(pool, "cora"), 0);
  });
  await t.step("is recorded in the audit log", async () => {
    const { rows } = await pool.writer().query("select action, ids from audit_log order by position");
    assertEquals(rows, ["ada", "bob"].map((person) => ({ action: "erase", ids: [person] })));
  });
});
