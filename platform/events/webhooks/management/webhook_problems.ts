import { changed, invalid, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import type { WebhookErrorCode } from "./webhook.ts";

/** Problem types of the management of webhooks, by error code. */
export const webhookProblems = problemTable<WebhookErrorCode>({
  "webhook-not-found": notFound("webhook"),
  "webhook-changed": changed("webhook"),
  "invalid-webhook": invalid("webhook"),
  "delivery-not-found": notFound(
    "delivery",
    "The webhook has no delivery with this id: there never was one, or it ended long ago.",
  ),
  "too-many-webhooks": {
    title: "Too many webhooks",
    status: 409,
    explanation: "There can be 20 webhooks of one owner: delete one before another is made.",
  },
});
