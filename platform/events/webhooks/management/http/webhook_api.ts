import { routes, spec } from "@archway/api/webhookapi/server.gen.ts";
import type { ApiModule } from "@archway/server/api_module.ts";
import { webhookHandlers, type WebhookHandlersDependencies } from "./webhook_handlers.ts";
import { webhookProblems } from "./webhook_problems.ts";

/** The management API of webhooks: its routes, its OpenAPI document and its error table. */
export function webhookApi(dependencies: WebhookHandlersDependencies): ApiModule {
  return {
    name: "webhook",
    routes: routes(webhookHandlers(dependencies)),
    document: spec,
    ...webhookProblems,
  };
}
