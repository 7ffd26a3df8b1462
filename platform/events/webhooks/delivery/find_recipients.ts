import type { Transaction } from "@archway/db/db.ts";
import type { Recipient } from "@archway/service_kit/event_catalog.ts";
import type { OutgoingEvent } from "../../outbox/outgoing_event.ts";

/** Returns the owners whom events concern. Only their webhooks receive the events. */
export type FindRecipients = (
  tx: Transaction,
  events: readonly OutgoingEvent[],
) => Promise<readonly Recipient[]>;
