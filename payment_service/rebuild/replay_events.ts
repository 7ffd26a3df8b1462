import type { Querier } from "@archway/db/db.ts";
import type { StoredEvent } from "@archway/events/event_store.ts";
import type { PaymentEvent } from "../events/payment_event.ts";
import { readEvent } from "../events/payment_event_data.ts";
import type { Account } from "../domain/account.ts";
import { ACCOUNT_COLUMNS } from "../persistence/account_list.ts";
import {
  type PaymentRequestRow,
  REQUEST_COLUMNS,
  requestOfRow,
} from "../persistence/payment_request_repository.ts";
import { PAYMENT_COLUMNS, paymentOfRow, type PaymentRow } from "../persistence/payment_row.ts";
import { Projection } from "../projection/projection.ts";
import { projectionStatement } from "../projection/projection_sql.ts";
import { FRESH } from "./fresh_tables.ts";

/** Applies events in order and writes their projections to the rebuilt tables. */
export async function replayEvents(tx: Querier, stored: readonly StoredEvent[]): Promise<void> {
  const events = stored.map((one) => ({ event: readEvent(one), at: one.recordedAt }));
  const projection = new Projection();
  const accounts = await tx.query<Account>(ACCOUNTS, [idsOf(events, accountsOf)]);
  const payments = await tx.query<PaymentRow>(PAYMENTS, [idsOf(events, paymentsOf)]);
  const requests = await tx.query<PaymentRequestRow>(REQUESTS, [idsOf(events, requestsOf)]);
  projection.useAccounts(accounts.rows);
  projection.usePayments(payments.rows.map(paymentOfRow));
  projection.useRequests(requests.rows.map(requestOfRow));
  for (const { event, at } of events) projection.apply(event, at);
  const { text, parameters } = projectionStatement(projection, FRESH);
  await tx.query(text, parameters);
}

const ACCOUNTS = `select ${ACCOUNT_COLUMNS} from ${FRESH}accounts as accounts where id = any ($1)`;
const PAYMENTS = `select ${PAYMENT_COLUMNS} from ${FRESH}payments as payments where id = any ($1)`;
const REQUESTS =
  `select ${REQUEST_COLUMNS} from ${FRESH}payment_requests as payment_requests where id = any ($1)`;

/** Returns the ids that must exist before the events, which create all others. */
function idsOf(
  events: readonly { readonly event: PaymentEvent }[],
  of: (event: PaymentEvent) => { readonly creates?: string; readonly needs: readonly string[] },
): readonly string[] {
  const created = new Set<string>();
  const needed = new Set<string>();
  for (const { event } of events) {
    const { creates, needs } = of(event);
    for (const id of needs) if (!created.has(id)) needed.add(id);
    if (creates !== undefined) created.add(creates);
  }
  return [...needed];
}

function accountsOf(event: PaymentEvent): { readonly creates?: string; readonly needs: readonly string[] } {
  switch (event.type) {
    case "account.opened":
      return { creates: event.accountId, needs: [] };
    case "account.closed":
      return { needs: [event.accountId] };
    case "deposit.settled":
      return { needs: [event.accountId, event.settlementAccountId] };
    case "payment.settled":
    case "payment.refunded":
      return { needs: [event.payerAccountId, event.payeeAccountId] };
    case "payment_request.created":
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      return { needs: [] };
  }
}

function paymentsOf(event: PaymentEvent): { readonly creates?: string; readonly needs: readonly string[] } {
  switch (event.type) {
    case "payment.settled":
      return { creates: event.paymentId, needs: [] };
    case "payment.refunded":
      return { needs: [event.paymentId] };
    case "account.opened":
    case "account.closed":
    case "deposit.settled":
    case "payment_request.created":
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      return { needs: [] };
  }
}

function requestsOf(event: PaymentEvent): { readonly creates?: string; readonly needs: readonly string[] } {
  if (!("requestId" in event)) return { needs: [] };
  return event.type === "payment_request.created"
    ? { creates: event.requestId, needs: [] }
    : { needs: [event.requestId] };
}
