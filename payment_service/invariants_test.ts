import { assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool } from "../db/db.ts";
import { DatabaseError } from "../db/errors.ts";
import { DATABASES } from "../tools/testing/databases.ts";
import { ask, money, openAccount, paymentServer } from "../tools/testing/payment_client.ts";

/** What of a wrong state the database refuses, whoever would write it: the constraint, and the statements. */
const WRONG: Readonly<Record<string, readonly [constraint: string, ...statements: string[]]>> = {
  "a customer's account below zero": [
    "accounts_balance_not_negative",
    "update accounts set balance = -1 where id = '$payer'",
  ],
  "a movement with one side": [
    "entries_balanced",
    `insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, created_at)
      values (gen_random_uuid(), '$payer', 'BRL', 'payment', -5, 9495, gen_random_uuid(), 'infinity')`,
    "update accounts set balance = 9495 where id = '$payer'",
  ],
  "a movement whose sides differ": [
    "entries_balanced",
    "update entries set amount = amount + 1 where account_id = '$payee'",
  ],
  "half of a movement": ["entries_balanced", "delete from entries where account_id = '$payee'"],
  "a movement into another currency": [
    "entries_account_fkey",
    "update entries set currency = 'JPY' where account_id = '$payee'",
  ],
  "a balance that nothing explains": [
    "accounts_balance_explained",
    "update accounts set balance = balance + 1 where id = '$payee'",
    "update accounts set balance = balance - 1 where id = '$payer'",
  ],
  "an account that begins with money": [
    "accounts_balance_explained",
    `insert into accounts (id, kind, profile_id, currency, balance, created_at, updated_at)
      values (gen_random_uuid(), 'customer', gen_random_uuid(), 'BRL', 1, now(), now())`,
  ],
  "a closed account with money": [
    "accounts_closed_empty",
    "update accounts set closed_at = now() where id = '$payer'",
  ],
  "two settlement accounts of one currency": [
    "accounts_settlement_key",
    `insert into accounts (id, kind, currency, created_at, updated_at)
      values (gen_random_uuid(), 'settlement', 'BRL', now(), now())`,
  ],
  "more given back than was paid": ["payments_refunded_range", "update payments set refunded = amount + 1"],
  "a payment to oneself": [
    "payments_accounts_differ",
    "update payments set payee_account_id = payer_account_id",
  ],
  "an event that is changed": ["events_kept", "update events set data = '{}' where version = 1"],
  "an event that is removed": ["events_kept", "delete from outbox", "delete from events"],
  "an event twice": [
    "events_stream_version_key",
    `insert into events (stream, version, type, data, metadata, recorded_at)
      select stream, version, type, data, metadata, recorded_at from events limit 1`,
  ],
};

async function attempt(pool: ConnectionPool, statements: readonly string[]): Promise<string | undefined> {
  const failing = pool.withTx(async (tx) => {
    for (const statement of statements) await tx.query(statement);
  });
  return (await assertRejects(() => failing, DatabaseError)).constraint;
}

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`The tables of payments on ${name} refuse`, async (t) => {
    await using database = await open();
    await using server = paymentServer(database.pool);
    const payer = await openAccount(server, "100.00");
    const payee = await openAccount(server, "0");
    await ask(server, "POST /v1/payments", {
      key: "a",
      body: { payerAccountId: payer, payeeAccountId: payee, amount: money("5.00") },
    });
    for (const [title, [constraint, ...statements]] of Object.entries(WRONG)) {
      await t.step(title, async () => {
        const filled = statements.map((text) => text.replace("$payer", payer).replace("$payee", payee));
        assertEquals(await attempt(database.pool, filled), constraint);
      });
    }
  });
}
