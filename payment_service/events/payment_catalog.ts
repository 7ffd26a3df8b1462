import type { EventCatalog } from "@archway/service_kit/event_catalog.ts";
import { outgoingData } from "./outgoing_data.ts";
import { PAYMENT_UPCASTERS, readEvent } from "./payment_event_data.ts";
import { paymentRecipients } from "./payment_recipients.ts";

/** The events of accounts and payments, as webhooks and the message broker receive them. */
export const PAYMENT_CATALOG: EventCatalog = {
  types: PAYMENT_UPCASTERS,
  toJson: (event) => outgoingData(readEvent(event)),
  recipients: paymentRecipients,
};
