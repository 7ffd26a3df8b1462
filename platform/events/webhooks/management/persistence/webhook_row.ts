import type { Timestamp } from "@archway/db/timestamp.ts";
import { selectList } from "@archway/service_kit/select_list.ts";
import { messageId } from "../../../outbox/message_id.ts";
import type { Delivery } from "../domain/delivery.ts";
import type { Webhook } from "../domain/webhook.ts";

/** SELECT list of a webhook, without its signing secret. */
export const WEBHOOK_COLUMNS = selectList<Webhook>(
  ["id", "url", "eventTypes", "version", "createdAt", "disabledAt"],
);

const NEXT_ATTEMPT =
  `case when l.lease is null and not o.is_behind then greatest(l.due_at, o.throttled_until) end`;

const WAIT_REASON = `case
    when d.state <> 'pending' then null
    when o.is_behind then 'earlier-event'
    when l.lease is not null and l.due_at > now() then 'attempt'
    when o.throttled_until > now() then 'throttled'
    when l.due_at > now() then 'backoff'
    else 'worker'
  end`;

/**
 * SELECT list of a {@link DeliveryRow}: a delivery `d`, its event `e` and, if it is pending, its ordering key `l` and the
 * obstacles `o`.
 */
export const DELIVERY_COLUMNS = [
  'e.stream, e.version, e.recorded_at as "recordedAt", e.type as "eventType"',
  `${NEXT_ATTEMPT} as "nextAttemptAt", ${WAIT_REASON} as "waitReason"`,
  selectList<Delivery>(["id", "state", "attempts", "lastStatus", "lastError", "createdAt"], "d"),
  selectList<Delivery>(["attemptedAt", "settledAt"], "d"),
].join(", ");

/** FROM list of these columns. The row of a pending delivery is joined with its ordering key and its endpoint's pause. */
export const DELIVERY_SOURCE = `webhook_deliveries as d
  join events as e on e.position = d.position
  left join webhook_lanes as l
    on d.state = 'pending' and l.endpoint_id = d.endpoint_id and l.stream = d.stream
  left join lateral (
    select w.throttled_until, exists (
      select from webhook_deliveries as b
      where b.endpoint_id = d.endpoint_id and b.stream = d.stream and b.state = 'pending' and b.position < d.position
    ) as is_behind
    from webhook_endpoints as w where w.id = d.endpoint_id
  ) as o on d.state = 'pending'`;

/** A delivery with its event. */
export type DeliveryRow = Omit<Delivery, "eventId"> & {
  readonly stream: string;
  readonly version: bigint;
  readonly recordedAt: Timestamp;
};

/** Converts a row to a delivery. */
export function deliveryOfRow({ stream, version, recordedAt, ...row }: DeliveryRow): Delivery {
  return { ...row, eventId: messageId({ stream, version, recordedAt }) };
}
