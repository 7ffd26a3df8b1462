import type { Transaction } from "@archway/db/db.ts";
import type { PublishedEvent, Recipient } from "@archway/service_kit/event_catalog.ts";
import type { PaymentEvent } from "./payment_event.ts";
import { readEvent } from "./payment_event_data.ts";

// Ignores texts that are not UUIDs. Includes deleted profiles, whose owners still receive events.
const OWNERS = `select distinct c.position, p.owner
  from unnest($1::bigint[], $2::text[]) as c (position, profile)
  join published_profiles as p on p.id = case when pg_input_is_valid(c.profile, 'uuid') then c.profile::uuid end`;

/** Returns the owners of the profiles that the events affect. */
export async function paymentRecipients(
  tx: Transaction,
  events: readonly PublishedEvent[],
): Promise<readonly Recipient[]> {
  const pairs = events.flatMap((event) =>
    profilesOf(readEvent(event)).map((profile) => ({ position: event.position, profile }))
  );
  const parameters = [pairs.map(({ position }) => position), pairs.map(({ profile }) => profile)];
  return (await tx.query<{ position: bigint; owner: string | null }>(OWNERS, parameters)).rows;
}

/** Returns the profiles that an event affects. */
function profilesOf(event: PaymentEvent): readonly string[] {
  switch (event.type) {
    case "account.opened":
      // A settlement account belongs to no profile.
      return event.profileId === null ? [] : [event.profileId];
    case "account.closed":
    case "deposit.settled":
      return [event.profileId];
    case "payment.settled":
    case "payment.refunded":
      return [event.payerProfileId, event.payeeProfileId];
    case "payment_request.created":
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      return [event.payeeProfileId, ...event.payerProfileId === null ? [] : [event.payerProfileId]];
  }
}
