import type { Querier } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { EventStore } from "@archway/events/event_store.ts";
import { EventStoreError } from "@archway/events/event_store.ts";
import { hasEncrypted } from "@archway/service_kit/personal_data.ts";
import { PaymentError, type PaymentErrorCode } from "../domain/payment_error.ts";
import { streamOf } from "../events/payment_event.ts";
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

  constructor(store: EventStore) {
    this.#store = store;
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
      // Pipelined: both statements take one round trip.
      await Promise.all([
        tx.query(text, parameters),
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
