import type { Querier } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { EventStore } from "@archway/events/event_store.ts";
import { EventStoreError } from "@archway/events/event_store.ts";
import type { AuditEntry, AuditTrail } from "@archway/service_kit/audit_trail.ts";
import { hasEncrypted } from "@archway/service_kit/personal_data.ts";
import { PaymentError, type PaymentErrorCode } from "../domain/payment_error.ts";
import { type PaymentEvent, streamOf } from "../events/payment_event.ts";
import { readEvent, writeEvent } from "../events/payment_event_data.ts";
import type { Ledger, PendingEvent } from "../ports.ts";
import type { Projection } from "../projection/projection.ts";
import { projectionStatement } from "../projection/projection_sql.ts";

/** Error codes by violated constraint. */
const ERRORS: Readonly<Record<string, PaymentErrorCode>> = {
  accounts_profile_currency_key: "account-exists",
  payments_pkey: "payment-exists",
  payment_requests_pkey: "payment-request-exists",
};

/** Writes events to the event store and their projections to the tables. */
export class PostgresLedger implements Ledger {
  readonly #store: EventStore;
  readonly #audit: AuditTrail | undefined;

  /** @param audit Records the changes. @default none */
  constructor(store: EventStore, audit?: AuditTrail) {
    this.#store = store;
    this.#audit = audit;
  }

  async protect(tx: Querier, pending: readonly PendingEvent[]): Promise<readonly PendingEvent[]> {
    const plain = pending.map(({ event }) => writeEvent(event));
    const encrypted = await this.#store.encrypt(tx, plain);
    return pending.map((one, index) => {
      const stored = encrypted[index];
      if (stored === undefined || stored === plain[index]) return one;
      return { ...one, event: hasEncrypted(stored.data) ? one.event : readEvent(stored), stored };
    });
  }

  async record(
    tx: Querier,
    projection: Projection,
    { events, at, metadata, last = false }: Parameters<Ledger["record"]>[2],
  ): Promise<void> {
    for (const { event } of events) projection.apply(event, at);
    const appends = events.map(({ event, expectedVersion, stored }) => ({
      stream: streamOf(event),
      expectedVersion,
      events: [stored ?? writeEvent(event)],
    }));
    const { text, parameters } = projectionStatement(projection, "");
    try {
      // Pipelined: the statements take one round trip.
      await Promise.all([
        tx.query(text, parameters),
        this.#audit?.changed(tx, events.map(({ event }) => changeOf(event, metadata.principal ?? null))),
        this.#store.append(tx, appends, { metadata, recordedAt: at, last }),
      ]);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): unknown {
    if (error instanceof DatabaseError && error.constraint !== undefined) {
      const code = Object.hasOwn(ERRORS, error.constraint) ? ERRORS[error.constraint] : undefined;
      if (code !== undefined) return new PaymentError(code, { cause: error });
    }
    // What exists is locked, so only the creation of a stream can conflict.
    return error instanceof EventStoreError && error.code === "version-conflict"
      ? new PaymentError("payment-exists", { cause: error })
      : error;
  }
}

/** Returns the entry of the audit log for an event. The expiry of a request has no caller. */
function changeOf(event: PaymentEvent, actor: string | null): AuditEntry {
  switch (event.type) {
    case "account.opened":
      return { actor, action: "create", resource: "account", ids: [event.accountId] };
    case "account.closed":
    case "deposit.settled":
      return { actor, action: "update", resource: "account", ids: [event.accountId] };
    case "payment.settled":
      return { actor, action: "create", resource: "payment", ids: [event.paymentId] };
    case "payment.refunded":
      return { actor, action: "update", resource: "payment", ids: [event.paymentId] };
    case "payment_request.created":
      return { actor, action: "create", resource: "payment_request", ids: [event.requestId] };
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      return { actor, action: "update", resource: "payment_request", ids: [event.requestId] };
  }
}
