import { routes, spec, type StrictServerInterface } from "@archway/api/webhookapi/server.gen.ts";
import type { ApiModule } from "@archway/server/api_module.ts";
import { type WebhookHandlerParts, WebhookHandlers } from "./webhook_handlers.ts";
import { WEBHOOK_PROBLEM_TYPES, webhookProblem } from "./webhook_problems.ts";

/** The management API of webhooks: its routes, its OpenAPI document and its error table. */
export function webhookApi(parts: WebhookHandlerParts): ApiModule {
  const handlers: StrictServerInterface = new WebhookHandlers(parts);
  return {
    name: "webhook",
    routes: routes(handlers),
    document: spec,
    problemTypes: WEBHOOK_PROBLEM_TYPES,
    problemOf: webhookProblem,
  };
}
