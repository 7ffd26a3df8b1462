import type { Timestamp } from "@archway/db/timestamp.ts";
import { selectList } from "@archway/service_kit/select_list.ts";
import { messageId } from "../../../outbox/message_id.ts";
import type { Delivery } from "../domain/delivery.ts";
import type { Webhook } from "../domain/webhook.ts";

/** SELECT list of a webhook, without its signing secret. */
export const WEBHOOK_COLUMNS = selectList<Webhook>(
  ["id", "url", "eventTypes", "version", "createdAt", "disabledAt"],
);

/**
 * SELECT list of a {@link DeliveryRow}: a delivery `d`, its event `e` and, if it is the next one of its stream, its
 * ordering key `l`.
 */
export const DELIVERY_COLUMNS = [
  'e.stream, e.version, e.recorded_at as "recordedAt", e.type as "eventType", l.due_at as "nextAttemptAt"',
  selectList<Delivery>(["id", "state", "attempts", "lastStatus", "lastError", "createdAt"], "d"),
  selectList<Delivery>(["attemptedAt", "settledAt"], "d"),
].join(", ");

/** FROM list of these columns. Joins the ordering key of a first pending delivery that no worker has leased. */
export const DELIVERY_SOURCE = `webhook_deliveries as d
  join events as e on e.position = d.position
  left join webhook_lanes as l
    on d.state = 'pending' and l.lease is null and l.endpoint_id = d.endpoint_id and l.stream = d.stream
      and not exists (
        select from webhook_deliveries as b
        where b.endpoint_id = d.endpoint_id and b.stream = d.stream and b.state = 'pending' and b.position < d.position
      )`;

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
