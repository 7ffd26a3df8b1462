import type { Transaction } from "@archway/db/db.ts";
import type { OutgoingEvent } from "../../outbox/outgoing_event.ts";

/** Somebody whom an event concerns. */
export interface Concerned {
  readonly position: bigint;
  /** The subject; null: whoever is not known. */
  readonly owner: string | null;
}

/** Knows whom events concern: nobody else's endpoints are told of them. */
export interface Audience {
  concernedBy(tx: Transaction, events: readonly OutgoingEvent[]): Promise<readonly Concerned[]>;
}
