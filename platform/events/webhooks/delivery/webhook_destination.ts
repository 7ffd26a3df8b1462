import type { Transaction } from "@archway/db/db.ts";
import { BatchTooLargeError, type Destination } from "../../outbox/destination.ts";
import type { OutgoingEvent } from "../../outbox/outgoing_event.ts";
import type { FindRecipients } from "./find_recipients.ts";

/** Options of a webhook destination. */
export interface WebhookDestinationOptions {
  readonly findRecipients: FindRecipients;
  /** Returns the current time, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
  /** Called when deliveries were created. Must not throw. */
  readonly onDeliveries: () => void;
  /**
   * Maximum number of deliveries of one transaction, unless a single event has more.
   *
   * @default {10_000}
   */
  readonly maxDeliveries?: number;
}

// The share lock waits for endpoints that are being deleted or disabled and then skips them: inserting deliveries for
// deleted ones would violate the foreign key.
const MATCH = `with matched as materialized (
    select w.id, e.position, e.stream
    from (select distinct position, owner from unnest($1::bigint[], $2::text[]) as u (position, owner)) as a
    join events as e on e.position = a.position
    join webhook_endpoints as w
      on (w.owner = a.owner or (w.owner is null and a.owner is null)) and e.type = any (w.event_types)
        and w.disabled_at is null
    limit $3
  )
  select w.id, m.position, m.stream
  from matched as m join webhook_endpoints as w on w.id = m.id and w.disabled_at is null
  order by w.id, m.position
  for key share of w`;

// In a fixed order, to avoid deadlocks. The update locks an existing key: otherwise a worker that settles its last
// delivery could remove the key and orphan the new deliveries.
const ENSURE_KEYS = `insert into webhook_lanes (endpoint_id, stream, due_at, scheduled_at)
  select endpoint_id, stream, $3::timestamptz, $3::timestamptz
  from unnest($1::uuid[], $2::text[]) as l (endpoint_id, stream)
  group by endpoint_id, stream order by endpoint_id, stream
  on conflict (endpoint_id, stream) do update set due_at = webhook_lanes.due_at`;

const INSERT = `insert into webhook_deliveries (id, endpoint_id, position, stream, created_at)
  select id, endpoint_id, position, stream, $5::timestamptz
  from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) as d (id, endpoint_id, position, stream)
  on conflict (endpoint_id, position) do nothing`;

/** Creates a delivery for every endpoint that subscribes to the event's type and whose owner the event concerns. */
export class WebhookDestination implements Destination {
  readonly name = "webhooks";
  readonly #options: WebhookDestinationOptions;

  constructor(options: WebhookDestinationOptions) {
    this.#options = options;
  }

  async accept(tx: Transaction, events: readonly OutgoingEvent[]): Promise<boolean> {
    const { findRecipients, nowMs, newId, maxDeliveries = 10_000 } = this.#options;
    const recipients = await findRecipients(tx, events);
    if (recipients.length === 0) return false;
    const { rows } = await tx.query<{ id: string; position: bigint; stream: string }>(
      MATCH,
      [
        recipients.map(({ position }) => position),
        recipients.map(({ owner }) => owner),
        events.length > 1 ? maxDeliveries + 1 : null,
      ],
    );
    if (events.length > 1 && rows.length > maxDeliveries) throw new BatchTooLargeError();
    if (rows.length === 0) return false;
    const now = new Date(nowMs()).toISOString();
    const [endpoints, streams] = [rows.map(({ id }) => id), rows.map(({ stream }) => stream)];
    await tx.query(ENSURE_KEYS, [endpoints, streams, now]);
    const positions = rows.map(({ position }) => position);
    await tx.query(INSERT, [rows.map(() => newId()), endpoints, positions, streams, now]);
    return true;
  }

  begin(): void {
    this.#options.onDeliveries();
  }
}
