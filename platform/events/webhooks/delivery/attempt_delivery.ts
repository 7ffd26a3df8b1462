import { causeOf } from "../../outbox/outgoing_event.ts";
import { messageOf, type ToJson } from "../../outbox/message.ts";
import type { WorkObserver } from "../../worker/work_observer.ts";
import type { AttemptResult, PendingDelivery } from "./delivery.ts";
import { postMessage, type PostMessageOptions } from "./post_message.ts";

/** Options of attempts. */
export interface AttemptOptions extends PostMessageOptions {
  readonly toJson: ToJson;
  readonly observer: WorkObserver;
}

/**
 * Attempts a delivery, and observes it.
 *
 * Rejects with the error of `toJson` for an event that this program does not know: the attempt is then not recorded, and
 * another worker can make it.
 *
 * @returns undefined if the signal aborted; the receiver may have got the event.
 */
export async function attemptDelivery(
  delivery: PendingDelivery,
  { toJson, observer, ...options }: AttemptOptions & { readonly signal: AbortSignal },
): Promise<AttemptResult | undefined> {
  const { endpoint, event } = delivery;
  const cause = causeOf(event);
  const attributes = {
    "archway.webhook.endpoint_id": endpoint.id,
    "archway.webhook.delivery_id": delivery.id,
    "archway.event.type": event.type,
    "http.request.resend_count": delivery.attempts,
  };
  return await observer.work(
    { kind: "webhook", causes: cause === undefined ? [] : [cause], attributes },
    async (observation) => {
      const result = await postMessage(endpoint, messageOf(event, toJson), options);
      const { failure, status } = result ?? { failure: "given-up", status: undefined };
      observation.ended({
        outcome: failure ?? "delivered",
        failed: failure !== undefined,
        ...(status !== undefined && { attributes: { "http.response.status_code": status } }),
      });
      return result;
    },
  );
}
