import type { Upcasters } from "@archway/service_kit/event_catalog.ts";
import { upcast } from "@archway/events/store/upcast.ts";
import type { ToWire } from "@archway/events/outbox/message.ts";
import type { OutgoingEvent } from "@archway/events/outbox/outgoing_event.ts";
import type { Audience } from "@archway/events/webhooks/delivery/audience.ts";
import { outgoingData } from "./events/outgoing_data.ts";
import type { PaymentEvent } from "./events/payment_event.ts";
import { PAYMENT_UPCASTERS, readEvent } from "./events/payment_event_data.ts";
import { PaymentAudience } from "./webhooks/payment_audience.ts";

/** What those who send events out have to know of them. */
export interface OutgoingPayments {
  /** @throws {EventStoreError} "unknown-event". */
  readonly toWire: ToWire;
  readonly audience: Audience;
}

/** The one place where events that leave are read: in their newest form, whichever they were written in. */
export function outgoingPayments(upcasters: Upcasters = PAYMENT_UPCASTERS): OutgoingPayments {
  const read = (event: OutgoingEvent): PaymentEvent => readEvent(upcast(event, upcasters));
  return { toWire: (event) => outgoingData(read(event)), audience: new PaymentAudience(read) };
}
