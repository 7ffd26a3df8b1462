import { routes, spec } from "@archway/api/webhookapi/server.gen.ts";
import type { ApiModule } from "@archway/server/api_module.ts";
import { webhookHandlers, type WebhookHandlersDependencies } from "./webhook_handlers.ts";
import { webhookProblems } from "./webhook_problems.ts";

/** Returns the webhook API: its routes, its OpenAPI document and its problem types. */
export function webhookApi(dependencies: WebhookHandlersDependencies): ApiModule {
  return {
    name: "webhook",
    routes: routes(webhookHandlers(dependencies)),
    document: spec,
    isShared: true,
    ...webhookProblems,
  };
}
