import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import { money, openAccount, type PaymentResponse, send } from "../payment_client.ts";

/** Behaviour of the API on every database, by title. Each case has accounts of its own. */
export type PaymentCases = Readonly<Record<string, (server: Server, pool: ConnectionPool) => Promise<void>>>;

/** Id of nothing. */
export const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** Two accounts. */
export interface Pair {
  readonly payer: string;
  readonly payee: string;
}

/** Opens two accounts, the first one with a balance. */
export async function pair(server: Server, balance = "100.00"): Promise<Pair> {
  return { payer: await openAccount(server, balance), payee: await openAccount(server, "0") };
}

/** Returns the body of a payment between two accounts. */
export function body({ payer, payee }: Pair, amount = "10.00"): Readonly<Record<string, unknown>> {
  return { payerAccountId: payer, payeeAccountId: payee, amount: money(amount), description: "Lunch" };
}

/** Creates a payment with a new key. */
export function pay(server: Server, accounts: Pair, amount = "10.00"): Promise<PaymentResponse> {
  return send(server, "POST /v1/payments", { key: crypto.randomUUID(), body: body(accounts, amount) });
}

/** Returns the ids of a list. */
export function ids({ body }: PaymentResponse): readonly unknown[] {
  return body.data?.map(({ id }) => id) ?? [];
}

/** Asserts that all entries sum to zero and all balances match their entries. */
export async function assertBooks(pool: ConnectionPool): Promise<void> {
  const { rows } = await pool.writer().query<{ entries: string; balances: string; wrong: bigint }>(
    `select (select coalesce(sum(amount), 0) from entries) as entries,
      (select coalesce(sum(balance), 0) from accounts) as balances,
      (select count(*) from accounts where balance <>
        (select coalesce(sum(amount), 0) from entries where account_id = accounts.id)) as wrong`,
  );
  assertEquals(rows, [{ entries: "0", balances: "0", wrong: 0n }]);
}
