import { DATABASE_PROBLEM_TYPES, databaseProblem } from "@archway/service_kit/problems/database_problems.ts";
import { domainProblem } from "@archway/service_kit/problems/domain_problem.ts";
import type { ProblemType } from "@archway/server/api_module.ts";
import type { Problem } from "@archway/server/problem.ts";
import { WebhookError, type WebhookErrorCode } from "./webhook_error.ts";

/** The problem types of webhooks: where each code's status, title and explanation stand, once. */
const PROBLEMS: Readonly<Record<WebhookErrorCode, ProblemType>> = {
  "webhook-not-found": {
    slug: "webhook-not-found",
    title: "Webhook not found",
    status: 404,
    explanation: "There is no webhook with this id, or it is not yours.",
  },
  "delivery-not-found": {
    slug: "delivery-not-found",
    title: "Delivery not found",
    status: 404,
    explanation: "The webhook has no delivery with this id: there never was one, or it ended long ago.",
  },
  "webhook-changed": {
    slug: "webhook-changed",
    title: "Webhook changed meanwhile",
    status: 412,
    explanation:
      "The webhook is not the version that was named. The ETag header of the answer is what it has: read it again, " +
      "decide again, and repeat the request with that ETag in If-Match.",
  },
  "too-many-webhooks": {
    slug: "too-many-webhooks",
    title: "Too many webhooks",
    status: 409,
    explanation: "There can be 20 webhooks of one owner: delete one before another is made.",
  },
  "invalid-page": {
    slug: "invalid-page",
    title: "Invalid page",
    status: 400,
    explanation:
      "The page was asked for in a way that cannot be answered: ways of paging were mixed, or a cursor was " +
      "changed, has expired or belongs to another list. Begin again without a cursor.",
    validation: true,
  },
  invalid: {
    slug: "invalid-webhook",
    title: "Invalid webhook",
    status: 422,
    explanation: "The webhook breaks a rule. The member invalidParams names every fault.",
  },
};

/** Problem types of the management of webhooks, besides the server's. */
export const WEBHOOK_PROBLEM_TYPES: readonly ProblemType[] = [
  ...Object.values(PROBLEMS),
  ...DATABASE_PROBLEM_TYPES,
];

/** Maps an error of this API to its problem; undefined for any other error. */
export function webhookProblem(error: unknown): Problem | undefined {
  if (!(error instanceof WebhookError)) return databaseProblem(error);
  return domainProblem(PROBLEMS[error.code], error);
}
