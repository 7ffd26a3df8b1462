import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import { idOf, money, send } from "./payment_client.ts";

/** Text of payments and requests that only a test of persons writes. */
export const DOCUMENT = "document 7741-9902";

/** A person with an account. */
export interface Person {
  readonly profile: string;
  readonly account: string;
}

/** Creates a person with 50.00 in an account. */
export async function person(
  server: Server,
  body: { readonly name: string; readonly email?: string },
): Promise<Person> {
  const profile = idOf(await send(server, "POST /v1/profiles", { body }));
  const account = idOf(
    await send(server, "POST /v1/accounts", { body: { profileId: profile, currency: "BRL" } }),
  );
  const deposit = { body: { amount: money("50.00") }, key: crypto.randomUUID() };
  assertEquals((await send(server, `POST /v1/accounts/${account}/deposits`, deposit)).status, 201);
  return { profile, account };
}

/** Returns the body of a payment. */
export function payment(
  from: Person,
  to: Person,
  description: string | null = DOCUMENT,
): Record<string, unknown> {
  return { payerAccountId: from.account, payeeAccountId: to.account, amount: money("2.00"), description };
}

/** Returns the body of a payment request. */
export function request(
  payee: Person,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  return { payeeAccountId: payee.account, amount: money("2.00"), description: DOCUMENT, expiresAt, ...more };
}

/** Returns the text of all rows that may be about persons. */
export async function storedTexts(pool: ConnectionPool): Promise<string> {
  const tables = [
    ...["profiles", "payments", "refunds", "payment_requests", "payment_request_references"],
    ...["events", "subject_keys", "erasures", "audit_log"],
  ];
  const queries = [
    ...tables.map((table) => `select coalesce(string_agg(t::text, ''), '') as text from ${table} as t`),
    "select coalesce(string_agg(convert_from(body, 'UTF8'), ''), '') as text from idempotency_keys",
  ];
  const results = await Promise.all(queries.map((query) => pool.writer().query<{ text: string }>(query)));
  return results.map(({ rows }) => rows[0]?.text ?? "").join("");
}
