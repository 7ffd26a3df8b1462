import { Webhook } from "standardwebhooks";
import { causeOf } from "../../outbox/outgoing_event.ts";
import { messageOf, type ToJson } from "../../outbox/message.ts";
import type { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import type { WorkObserver } from "../../worker/work_observer.ts";
import type { AttemptResult, DeliveryFailure, PendingDelivery } from "./delivery.ts";
import { retryAfterMs } from "./retry_after.ts";
import { type PostOptions, postToTarget } from "./target/post_to_target.ts";
import { TargetError } from "./target/target_error.ts";
import { parseTargetUrl, type TargetOptions } from "./target/target_url.ts";

/** Options of attempts. */
export interface AttemptOptions extends TargetOptions, Pick<PostOptions, "resolve" | "ca"> {
  readonly secrets: EncryptionKeyRing;
  /** Timeout of an attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Returns the current time, in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly toJson: ToJson;
  readonly observer: WorkObserver;
}

const GONE = 410;

/**
 * Posts a signed event to a receiver (Standard Webhooks 1.0.0). Succeeds if the response status is 2xx.
 *
 * Rejects with the error of `toJson` for an event that this program does not know: the attempt is then not recorded, and
 * another worker can make it.
 *
 * @param endpointId Endpoint for which the secret was encrypted.
 * @returns undefined if the signal aborted; the receiver may have got the event.
 */
export async function attemptDelivery(
  endpointId: string,
  delivery: PendingDelivery,
  { signal, ...options }: AttemptOptions & { readonly signal: AbortSignal },
): Promise<AttemptResult | undefined> {
  const { event } = delivery;
  const cause = causeOf(event);
  const attributes = {
    "archway.webhook.endpoint_id": endpointId,
    "archway.webhook.delivery_id": delivery.id,
    "archway.event.type": event.type,
    "http.request.resend_count": delivery.attempts,
  };
  return await options.observer.work(
    { kind: "webhook", causes: cause === undefined ? [] : [cause], attributes },
    async (observation) => {
      const result = await post(endpointId, delivery, { ...options, signal });
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

async function post(
  endpointId: string,
  { url, encryptedSecrets, event }: PendingDelivery,
  { signal, timeoutMs, secrets, toJson, nowMs, ...options }: AttemptOptions & {
    readonly signal: AbortSignal;
  },
): Promise<AttemptResult | undefined> {
  const [current, ...previous] = encryptedSecrets.map((secret) => secrets.decrypt(secret, endpointId));
  if (current === undefined) return { failure: "unreadable-secret", status: undefined };
  const { id, body } = messageOf(event, toJson);
  const now = new Date(nowMs());
  const headers = {
    "Content-Type": "application/json",
    "User-Agent": "Archway-Webhooks",
    "Webhook-Id": id,
    "Webhook-Timestamp": String(Math.floor(now.getTime() / 1000)),
    // One for each secret; the receiver looks for the one that it can verify.
    "Webhook-Signature": [current, ...previous.filter((secret) => secret !== undefined)]
      .map((secret) => new Webhook(secret).sign(id, now, body)).join(" "),
  };
  try {
    const response = await postToTarget(parseTargetUrl(url, options), {
      ...options,
      headers,
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const { status } = response;
    return { failure: failureOf(status), status, retryAfterMs: retryAfterMs(response, nowMs()) };
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof TargetError) return { failure: error.code, status: undefined };
    throw error;
  }
}

function failureOf(status: number): DeliveryFailure | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === GONE) return "gone";
  return status >= 300 && status < 400 ? "redirect" : "status";
}
