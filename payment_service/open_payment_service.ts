import type { ConnectionPool } from "@archway/db/db.ts";
import { EventStore } from "@archway/events/event_store.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { PaymentApp } from "./app.ts";
import { PAYMENT_UPCASTERS } from "./events/payment_event_data.ts";
import { PostgresAccountRepository } from "./persistence/accounts.ts";
import { PostgresLedger } from "./persistence/ledger.ts";
import { PostgresPaymentRepository } from "./persistence/payments.ts";
import { PostgresProfileDirectory } from "./persistence/profile_directory.ts";

/** What the service is given by whoever builds it. */
export interface PaymentServiceOptions {
  /** The time now, with microseconds. */
  readonly now: () => Timestamp;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

/** The use cases over a database. */
export function openPaymentService(pool: ConnectionPool, { now, newId }: PaymentServiceOptions): PaymentApp {
  const events = new EventStore(PAYMENT_UPCASTERS);
  return new PaymentApp({
    connections: pool,
    accounts: new PostgresAccountRepository(),
    payments: new PostgresPaymentRepository(events),
    profiles: new PostgresProfileDirectory(),
    ledger: new PostgresLedger(events),
    now,
    newId,
  });
}
