import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import type { Server } from "@archway/server/server.ts";
import { money, type PaymentResponse, send } from "../payment_client.ts";

/** Id of nothing. */
export const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";
/** Expiry of requests. */
export const EXPIRES = "2026-11-25T12:00:00Z";

/** Clock that the test sets. */
export class Clock {
  #now = microsecondsOf("2026-11-25T10:00:00Z");

  readonly now = (): Timestamp => timestampOf(this.#now += 10n);

  set(time: Timestamp): void {
    this.#now = microsecondsOf(time);
  }
}

/** Accounts and clock of a test of payment requests. */
export interface Harness {
  readonly pool: ConnectionPool;
  readonly server: Server;
  readonly clock: Clock;
  /** Accounts of ada with a balance of 100.00, of bob and of eve with 50.00 each. */
  readonly ada: string;
  readonly bob: string;
  readonly eve: string;
}

/** Returns terms of a request to an account. */
export function terms(
  payeeAccountId: string,
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { payeeAccountId, amount: money("10.00"), description: "Lunch", expiresAt: EXPIRES, ...changes };
}

/** Creates a request of bob. */
export async function request(
  { server, bob }: Harness,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<PaymentResponse> {
  const options = { as: "bob", key: crypto.randomUUID(), body: terms(bob, changes) };
  const created = await send(server, "POST /v1/payment-requests", options);
  assertEquals(created.status, 201, created.text);
  return created;
}

/** Pays a request. */
export function pay(
  { server }: Harness,
  requestId: string,
  { as, payer, tag = '"11"' }: { readonly as: string; readonly payer: string; readonly tag?: string },
): Promise<PaymentResponse> {
  const options = { as, headers: { "If-Match": tag }, body: { payerAccountId: payer } };
  return send(server, `PUT /v1/payment-requests/${requestId}/payment`, options);
}

/** Reads a request. */
export function get({ server }: Harness, id: string, as = "bob"): Promise<PaymentResponse> {
  return send(server, `GET /v1/payment-requests/${id}`, { as });
}

/** Returns number and status of each revision. */
export async function revisionsOf({ server }: Harness, id: string): Promise<readonly unknown[]> {
  const { body } = await send(server, `GET /v1/payment-requests/${id}/revisions`, { as: "bob" });
  return body.data?.map(({ revision, status }) => [revision, status]) ?? [];
}

/** Returns the ids of a list. */
export async function listed({ server }: Harness, query: string, as: string): Promise<readonly unknown[]> {
  const { body } = await send(server, `GET /v1/payment-requests${query}`, { as });
  return body.data?.map(({ id }) => id) ?? [];
}
