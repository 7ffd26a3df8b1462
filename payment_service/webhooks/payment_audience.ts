import type { Transaction } from "../../db/db.ts";
import type { OutgoingEvent } from "../../outbox/outgoing_event.ts";
import type { Audience, Concerned } from "../../webhooks/audience.ts";

/** The members of an event's data that name a profile it concerns. */
const PROFILE_MEMBERS = ["profileId", "payerProfileId", "payeeProfileId"];

// What is no id names no profile. Whether one has been deleted does not matter: its payments were its owner's.
const OWNERS = `select distinct e.position, p.owner
  from events as e
  cross join unnest($2::text[]) as m (member)
  join profiles as p on p.id = case when pg_input_is_valid(e.data ->> m.member, 'uuid')
    then (e.data ->> m.member)::uuid end
  where e.position = any ($1::bigint[])`;

/** Payments and accounts concern the owners of their profiles. */
export class PaymentAudience implements Audience {
  async concernedBy(tx: Transaction, events: readonly OutgoingEvent[]): Promise<readonly Concerned[]> {
    const positions = events.map(({ position }) => position);
    return (await tx.query<{ position: bigint; owner: string | null }>(OWNERS, [positions, PROFILE_MEMBERS]))
      .rows;
  }
}
