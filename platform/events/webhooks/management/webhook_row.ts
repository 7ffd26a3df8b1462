import { messageId } from "../../outbox/message_id.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { DeliveryFault } from "../delivery/delivery.ts";
import type { Delivery, Webhook } from "./webhook.ts";

/** The columns of {@link WebhookRow}. */
export const WEBHOOK_COLUMNS = "id, url, event_types, version, created_at";

/** A row of the table `webhook_endpoints`, without what signs. */
export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly event_types: readonly string[];
  readonly version: bigint;
  readonly created_at: Timestamp;
}

/** The webhook a row holds. */
export function webhookOfRow(row: WebhookRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    eventTypes: row.event_types,
    version: row.version,
    createdAt: row.created_at,
  };
}

/**
 * The columns of {@link DeliveryRow}, of a delivery `d`, its event `e` and its lane `l`, which is there when it is the
 * next one of its stream.
 */
export const DELIVERY_COLUMNS =
  `d.id, e.stream, e.version, e.recorded_at, e.type, d.state, d.attempts, d.last_status, d.last_error,
  d.created_at, d.attempted_at, d.settled_at, l.due_at`;

/** What the columns are of. The lane is that of the first delivery that is pending, while nobody works on it. */
export const DELIVERY_SOURCE = `webhook_deliveries as d
  join events as e on e.position = d.position
  left join webhook_lanes as l
    on d.state = 'pending' and l.lease is null and l.endpoint_id = d.endpoint_id and l.stream = d.stream
      and not exists (
        select from webhook_deliveries as b
        where b.endpoint_id = d.endpoint_id and b.stream = d.stream and b.state = 'pending' and b.position < d.position
      )`;

/** A delivery as it is read. */
export interface DeliveryRow {
  readonly id: string;
  readonly stream: string;
  readonly version: bigint;
  readonly recorded_at: Timestamp;
  readonly type: string;
  readonly state: Delivery["state"];
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: DeliveryFault | null;
  readonly created_at: Timestamp;
  readonly attempted_at: Timestamp | null;
  readonly settled_at: Timestamp | null;
  readonly due_at: Timestamp | null;
}

/** The delivery a row holds. */
export function deliveryOfRow(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    eventId: messageId({ stream: row.stream, version: row.version, recordedAt: row.recorded_at }),
    eventType: row.type,
    state: row.state,
    attempts: row.attempts,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at,
    attemptedAt: row.attempted_at,
    settledAt: row.settled_at,
    nextAttemptAt: row.due_at,
  };
}
