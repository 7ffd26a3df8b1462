import type { Transaction } from "@archway/db/db.ts";
import type { OutgoingEvent } from "@archway/events/outbox/outgoing_event.ts";
import type { Audience, Concerned } from "@archway/events/webhooks/delivery/audience.ts";
import type { PaymentEvent } from "../events/payment_event.ts";

// What is no id names no profile. Whether one has been deleted does not matter: its payments were its owner's.
const OWNERS = `select distinct c.position, p.owner
  from unnest($1::bigint[], $2::text[]) as c (position, profile)
  join profiles as p on p.id = case when pg_input_is_valid(c.profile, 'uuid') then c.profile::uuid end`;

/** Payments and accounts concern the owners of their profiles. */
export class PaymentAudience implements Audience {
  readonly #read: (event: OutgoingEvent) => PaymentEvent;

  /** @param read Reads an event in its newest form. */
  constructor(read: (event: OutgoingEvent) => PaymentEvent) {
    this.#read = read;
  }

  async concernedBy(tx: Transaction, events: readonly OutgoingEvent[]): Promise<readonly Concerned[]> {
    const pairs = events.flatMap((event) =>
      profilesOf(this.#read(event)).map((profile) => ({ position: event.position, profile }))
    );
    const parameters = [pairs.map(({ position }) => position), pairs.map(({ profile }) => profile)];
    return (await tx.query<{ position: bigint; owner: string | null }>(OWNERS, parameters)).rows;
  }
}

/** The profiles that an event concerns. */
function profilesOf(event: PaymentEvent): readonly string[] {
  switch (event.type) {
    case "account.opened":
      // A settlement account is nobody's.
      return event.profileId === null ? [] : [event.profileId];
    case "account.closed":
    case "deposit.settled":
      return [event.profileId];
    case "payment.settled":
    case "payment.refunded":
      return [event.payerProfileId, event.payeeProfileId];
  }
}
