import { assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";
import { money, openAccount, paymentServer, send } from "./testing/payment_client.ts";

/** Invalid states: the violated constraint, and the statements that would write the state. */
const WRONG: Readonly<Record<string, readonly [constraint: string, ...statements: string[]]>> = {
  "a customer's account below zero": [
    "accounts_balance_not_negative",
    "update accounts set balance = -1 where id = '$payer'",
  ],
  "a transfer with one side": [
    "entries_balanced",
    `insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, created_at)
      values (gen_random_uuid(), '$payer', 'BRL', 'payment', -5, 9495, gen_random_uuid(), 'infinity')`,
    "update accounts set balance = 9495 where id = '$payer'",
  ],
  "a transfer whose sides differ": [
    "entries_balanced",
    "update entries set amount = amount + 1 where account_id = '$payee'",
  ],
  "half of a transfer": ["entries_balanced", "delete from entries where account_id = '$payee'"],
  "a transfer into another currency": [
    "entries_account_fkey",
    "update entries set currency = 'JPY' where account_id = '$payee'",
  ],
  "a balance without entries": [
    "accounts_balance_explained",
    "update accounts set balance = balance + 1 where id = '$payee'",
    "update accounts set balance = balance - 1 where id = '$payer'",
  ],
  "a transfer with invented balances": [
    "entries_explained",
    `insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, created_at)
      values ('$transfer', '$payer', 'BRL', 'payment', -1, 9499, gen_random_uuid(), now() + interval '1 hour'),
        ('$transfer', '$payee', 'BRL', 'payment', 1, 999999, gen_random_uuid(), now() + interval '1 hour')`,
    "update accounts set balance = case id when '$payer' then 9499 else 999999 end where id in ('$payer', '$payee')",
  ],
  "a transfer without a change of balances": [
    "accounts_balance_explained",
    `insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, created_at)
      values ('$transfer', '$payer', 'BRL', 'payment', -1, 9499, gen_random_uuid(), now() + interval '1 hour'),
        ('$transfer', '$payee', 'BRL', 'payment', 1, 501, gen_random_uuid(), now() + interval '1 hour')`,
  ],
  "a transfer in the past": [
    "entries_explained",
    `insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, created_at)
      values ('$transfer', '$payer', 'BRL', 'payment', -1, -1, gen_random_uuid(), '2000-01-01'),
        ('$transfer', '$payee', 'BRL', 'payment', 1, 1, gen_random_uuid(), '2000-01-01')`,
  ],
  "a deleted transfer": [
    "accounts_balance_explained",
    "delete from entries where kind = 'payment'",
  ],
  "a deleted first transfer": [
    "accounts_balance_explained",
    "delete from entries where kind = 'deposit'",
  ],
  "a transfer with swapped accounts": [
    "accounts_balance_explained",
    `update entries set amount = -amount, balance = balance - 2 * amount where kind = 'payment'`,
  ],
  "an account with an initial balance": [
    "accounts_balance_explained",
    `insert into accounts (id, kind, profile_id, currency, balance, created_at, updated_at)
      values (gen_random_uuid(), 'customer', gen_random_uuid(), 'BRL', 1, now(), now())`,
  ],
  "a closed account with a balance": [
    "accounts_closed_empty",
    "update accounts set closed_at = now() where id = '$payer'",
  ],
  "two settlement accounts of one currency": [
    "accounts_settlement_key",
    `insert into accounts (id, kind, currency, created_at, updated_at)
      values (gen_random_uuid(), 'settlement', 'BRL', now(), now())`,
  ],
  "a refund that the payment does not include": [
    "payments_refunds_explained",
    `insert into refunds select id, gen_random_uuid(), currency, 100, null, now() from payments`,
  ],
  "a refund in another currency": [
    "refunds_payment_fkey",
    `insert into refunds select id, gen_random_uuid(), 'JPY', 100, null, now() from payments`,
    "update payments set refunded = 100",
  ],
  "a refunded amount without a refund": [
    "payments_refunds_explained",
    "update payments set refunded = 100",
  ],
  "a new payment with a refunded amount": [
    "payments_refunds_explained",
    `insert into payments select gen_random_uuid(), payer_account_id, payee_account_id, currency, amount, 1, null, 1,
      now(), now() from payments`,
  ],
  "a refunded amount beyond the payment": [
    "payments_refunded_range",
    "update payments set refunded = amount + 1",
  ],
  "a payment to the same account": [
    "payments_accounts_differ",
    "update payments set payee_account_id = payer_account_id",
  ],
  "a paid request without a payment": [
    "payment_requests_payment_of_paid",
    "update payment_requests set status = 'paid'",
  ],
  "a payment of two requests": [
    "payment_requests_payment_key",
    "update payment_requests set status = 'paid', payment_id = (select id from payments limit 1)",
  ],
  "a request in another currency than that of the payee": [
    "payment_requests_payee_fkey",
    "update payment_requests set currency = 'JPY'",
  ],
  "a request to the account that it asks": [
    "payment_requests_accounts_differ",
    "update payment_requests set payer_account_id = payee_account_id",
  ],
  "a reference that two requests of an owner have": [
    "payment_request_references_pkey",
    "insert into payment_request_references select owner, reference, gen_random_uuid() from payment_request_references",
  ],
  "an item of a batch that is created and still has terms": [
    "payment_request_batch_items_terms_of_pending",
    "update payment_request_batch_items set status = 'created'",
  ],
  "a changed event": ["events_kept", "update events set data = '{}' where version = 1"],
  "a deleted event": ["events_kept", "delete from outbox", "delete from events"],
  "truncated events": ["events_kept", "truncate events cascade"],
  "a duplicated event": [
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

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Payment tables on ${name} reject`, async (t) => {
    await using database = await open();
    await using server = paymentServer(database.pool);
    const payer = await openAccount(server, "100.00");
    const payee = await openAccount(server, "0");
    await send(server, "POST /v1/payments", {
      key: "a",
      body: { payerAccountId: payer, payeeAccountId: payee, amount: money("5.00") },
    });
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const terms = { payeeAccountId: payee, amount: money("5.00"), expiresAt };
    for (const reference of ["a", "b"]) {
      const options = { key: reference, body: { ...terms, reference } };
      assertEquals((await send(server, "POST /v1/payment-requests", options)).status, 201);
    }
    await send(server, "POST /v1/payment-request-batches", { key: "a", body: { requests: [terms] } });
    const transfer = crypto.randomUUID();
    for (const [title, [constraint, ...statements]] of Object.entries(WRONG)) {
      await t.step(title, async () => {
        const filled = statements.map((text) =>
          text.replaceAll("$payer", payer).replaceAll("$payee", payee)
            .replaceAll("$transfer", transfer)
        );
        assertEquals(await attempt(database.pool, filled), constraint);
      });
    }
  });
}
