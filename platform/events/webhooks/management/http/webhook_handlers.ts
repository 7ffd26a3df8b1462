import type * as api from "@archway/api/webhookapi/server.gen.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { accessScopeOf, ownerOf, type ResourceKey } from "@archway/service_kit/access_scope.ts";
import type { ConsistencyTokens } from "@archway/service_kit/consistency_tokens.ts";
import { listEndpoint } from "@archway/service_kit/list_endpoint.ts";
import type { PageCursors } from "@archway/service_kit/page_cursors.ts";
import { conditionOf, ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import type { WebhookService } from "../app.ts";
import { deliveryToJson, testResultToJson, webhookToJson } from "./webhook_dto.ts";

/** Dependencies of the HTTP adapter. */
export interface WebhookHandlersDependencies {
  readonly webhooks: WebhookService;
  readonly cursors: PageCursors;
  readonly tokens: ConsistencyTokens;
}

const scopeOf = accessScopeOf("webhooks:admin");

/** Header of responses with a secret, which is sent once. */
const NO_STORE = { "Cache-Control": "no-store, no-transform" } as const;

/** Returns the handlers of the webhook API. */
export function webhookHandlers(
  { webhooks, cursors, tokens }: WebhookHandlersDependencies,
): api.StrictServerInterface {
  const responses = new ResourceResponses({
    tokens,
    toJson: webhookToJson,
    versionOf: ({ version }) => version,
    pathOf: ({ id }) => `/v1/webhooks/${id}`,
  });
  return {
    listWebhooks: listEndpoint({
      name: "webhooks, newest first",
      cursors,
      tokens,
      scopeOf,
      filter: () => ({}),
      read: (request, options) => webhooks.list(request, options),
      toJson: webhookToJson,
      anchorOf: (webhook) => webhook,
      tagOf: (webhook) => webhook,
    }),
    createWebhook: async ({ body }, context) => {
      const options = { owner: ownerOf(context), signal: context.signal };
      const { webhook, secret } = await webhooks.create(body, options);
      const created = await responses.created(webhook, context);
      const headers = { ...created.headers, ...NO_STORE };
      return { ...created, headers, body: { ...created.body, data: { ...created.body.data, secret } } };
    },
    getWebhook: async ({ path, headers }, context) => {
      const options = tokens.readOptions(headers, context);
      return responses.found(await webhooks.get(keyOf(path, context), options), context);
    },
    deleteWebhook: async ({ path, headers }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      await webhooks.delete(keyOf(path, context), options);
      return await responses.deleted(context);
    },
    testWebhook: async ({ path }, context) => {
      const { signal, requestId } = context;
      const result = await webhooks.test(keyOf(path, context), { signal });
      return { status: 200, body: { data: testResultToJson(result), meta: { requestId } } };
    },
    rotateWebhookSecret: async ({ path, body }, context) => {
      const { signal, requestId } = context;
      const { overlapSeconds } = body ?? {};
      const { secret, previousExpiresAt } = await webhooks.rotateSecret(keyOf(path, context), {
        signal,
        overlapSeconds,
      });
      const headers = { ...await tokens.header(context), ...NO_STORE };
      const data = { secret, ...(previousExpiresAt !== undefined && { previousExpiresAt }) };
      return { status: 200, headers, body: { data, meta: { requestId } } };
    },
    enableWebhook: async ({ path }, context) => {
      const webhook = await webhooks.enable(keyOf(path, context), { signal: context.signal });
      return await responses.written(webhook, context);
    },
    listDeliveries: listEndpoint({
      name: "deliveries, newest first",
      cursors,
      tokens,
      scopeOf,
      filter: ({ path }) => ({ webhookId: path.id.toLowerCase() }),
      read: (request, options) => webhooks.listDeliveries(request, options),
      toJson: deliveryToJson,
      anchorOf: (delivery) => delivery,
      // A delivery changes but has no version: its tag is derived from its JSON.
      tagOf: (delivery) => ({ id: delivery.id, state: JSON.stringify(deliveryToJson(delivery)) }),
    }),
    retryDelivery: async ({ path }, context) => {
      const { signal, requestId } = context;
      const delivery = await webhooks.retry(keyOf(path, context), path.deliveryId, { signal });
      const headers = await tokens.header(context);
      return { status: 202, headers, body: { data: deliveryToJson(delivery), meta: { requestId } } };
    },
  };
}

function keyOf({ id }: { readonly id: string }, context: RequestContext): ResourceKey {
  return { id: id.toLowerCase(), scope: scopeOf(context) };
}
