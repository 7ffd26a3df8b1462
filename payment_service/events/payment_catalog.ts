import type { EventCatalog } from "@archway/service_kit/event_catalog.ts";
import { outgoingData } from "./outgoing_data.ts";
import { PAYMENT_UPCASTERS, personalFieldsOf, readEvent } from "./payment_event_data.ts";
import { paymentRecipients } from "./payment_recipients.ts";

/** Catalog of the account and payment events that webhooks and the message broker receive. */
export const PAYMENT_CATALOG: EventCatalog = {
  types: PAYMENT_UPCASTERS,
  personal: personalFieldsOf,
  toJson: (event) => outgoingData(readEvent(event)),
  recipients: paymentRecipients,
};
