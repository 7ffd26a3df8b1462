import { changed, invalid, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import { MAX_WEBHOOKS, type WebhookErrorCode } from "../domain/webhook.ts";

/** Problem types of the webhook API, by error code. */
export const webhookProblems = problemTable<WebhookErrorCode>({
  "webhook-not-found": notFound("webhook"),
  "webhook-changed": changed("webhook"),
  "invalid-webhook": invalid("webhook"),
  "delivery-not-found": notFound(
    "delivery",
    "The webhook has no delivery with this id: it never existed, or its retention period is over.",
  ),
  "webhook-disabled": {
    title: "Webhook disabled",
    status: 409,
    detail: "The webhook is disabled, because its receiver responded with 410 Gone. Enable it first.",
  },
  "too-many-tests": {
    title: "Too many webhook tests",
    status: 429,
    detail:
      "A test of the webhook, or eight tests of other webhooks, have not ended yet. Repeat the request.",
  },
  "too-many-webhooks": {
    title: "Too many webhooks",
    status: 409,
    detail: `An owner can have ${MAX_WEBHOOKS} webhooks: delete one before you create another.`,
  },
});
