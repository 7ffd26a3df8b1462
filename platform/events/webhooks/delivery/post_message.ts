import { Webhook } from "standardwebhooks";
import type { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import type { Message } from "../../outbox/message.ts";
import type { AttemptResult, DeliveryFailure, SignedEndpoint } from "./delivery.ts";
import { retryAfterMs } from "./retry_after.ts";
import { type PostOptions, postToTarget } from "./target/post_to_target.ts";
import { TargetError } from "./target/target_error.ts";
import { parseTargetUrl, type TargetOptions } from "./target/target_url.ts";

/** Options of posting a message. */
export interface PostMessageOptions extends TargetOptions, Pick<PostOptions, "resolve" | "ca"> {
  readonly secrets: EncryptionKeyRing;
  /** Timeout, in milliseconds. */
  readonly timeoutMs: number;
  /** Returns the current time, in milliseconds since 1970. */
  readonly nowMs: () => number;
}

const GONE = 410;

/**
 * Posts a signed message to a receiver (Standard Webhooks 1.0.0). Succeeds if the response status is 2xx.
 *
 * @returns undefined if the signal aborted; the receiver may have got the message.
 */
export async function postMessage(
  { id: endpointId, url, encryptedSecrets }: SignedEndpoint,
  { id, body }: Pick<Message, "id" | "body">,
  { signal, timeoutMs, secrets, nowMs, ...options }: PostMessageOptions & { readonly signal: AbortSignal },
): Promise<AttemptResult | undefined> {
  const [current, ...previous] = encryptedSecrets.map((secret) => secrets.decrypt(secret, endpointId));
  if (current === undefined) return { failure: "unreadable-secret", status: undefined };
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
