import type * as api from "@archway/api/webhookapi/server.gen.ts";
import { formatVersion, versionCondition } from "@archway/service_kit/paging/entity_version.ts";
import { parseIfMatch } from "@archway/server/entity_tag.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { ConsistencyTokens, ReadOptions, TokenHeader } from "@archway/service_kit/consistency_tokens.ts";
import { viewerOfCaller } from "@archway/service_kit/ownership/viewer_of_caller.ts";
import type { Pivot } from "@archway/service_kit/paging/keyset.ts";
import type { PageCursors } from "@archway/service_kit/paging/page_cursors.ts";
import { listResponse } from "./list_response.ts";
import { listIdentity, parsePage } from "./page_request.ts";
import type { WebhookKey } from "./webhook_ports.ts";
import type { WebhookService } from "./webhook_service.ts";
import { wireDelivery, wireWebhook } from "./wire_webhook.ts";

/** Holders of this scope reach the webhooks of every owner. */
const viewerOf = viewerOfCaller("webhooks:admin");

/** What the adapter works with. */
export interface WebhookHandlerParts {
  readonly cursors: PageCursors<Pivot>;
  readonly tokens: ConsistencyTokens;
  readonly webhooks: WebhookService;
}

/** The operations on webhooks. */
export class WebhookHandlers implements api.StrictServerInterface {
  constructor(private readonly parts: WebhookHandlerParts) {}

  async listWebhooks(
    { query, headers }: api.ListWebhooksRequest,
    context: RequestContext,
  ): Promise<api.ListWebhooksResponse> {
    const { webhooks, cursors } = this.parts;
    const viewer = viewerOf(context);
    const list = listIdentity("webhooks, newest first", viewer, []);
    const page = parsePage(query, { cursors, list });
    const found = await webhooks.list(viewer, { ...page, ...readOptions(headers, context, this.parts) });
    return listResponse(found, {
      wire: wireWebhook,
      pivotOf: (webhook) => webhook,
      idOf: (webhook) => webhook.id,
      versionOf: (webhook) => webhook.version,
    }, { context, parameters: { limit: query.limit }, page, cursors, list });
  }

  async createWebhook(
    { body }: api.CreateWebhookRequest,
    context: RequestContext,
  ): Promise<api.CreateWebhookResponse> {
    const { webhook, secret } = await this.parts.webhooks.create(body, {
      owner: context.principal?.subject ?? null,
      signal: context.signal,
    });
    return {
      status: 201,
      headers: {
        Location: `/v1/webhooks/${webhook.id}`,
        ETag: formatVersion(webhook.version),
        ...await tokenHeader(context, this.parts),
      },
      body: { data: { ...wireWebhook(webhook), secret }, meta: { requestId: context.requestId } },
    };
  }

  async getWebhook(
    { path, headers }: api.GetWebhookRequest,
    context: RequestContext,
  ): Promise<api.GetWebhookResponse> {
    const options = readOptions(headers, context, this.parts);
    const webhook = await this.parts.webhooks.get(keyOf(path, context), options);
    return {
      status: 200,
      headers: { ETag: formatVersion(webhook.version) },
      body: { data: wireWebhook(webhook), meta: { requestId: context.requestId } },
    };
  }

  async deleteWebhook(
    { path, headers }: api.DeleteWebhookRequest,
    context: RequestContext,
  ): Promise<api.DeleteWebhookResponse> {
    const condition = versionCondition(parseIfMatch(headers["If-Match"]));
    await this.parts.webhooks.delete(keyOf(path, context), { condition, signal: context.signal });
    return { status: 204, headers: await tokenHeader(context, this.parts) };
  }

  async listDeliveries(
    { path, query, headers }: api.ListDeliveriesRequest,
    context: RequestContext,
  ): Promise<api.ListDeliveriesResponse> {
    const { webhooks, cursors } = this.parts;
    const key = keyOf(path, context);
    const list = listIdentity("deliveries, newest first", key.viewer, [key.id]);
    const page = parsePage(query, { cursors, list });
    const found = await webhooks.listDeliveries(key, {
      ...page,
      ...readOptions(headers, context, this.parts),
    });
    return listResponse(found, {
      wire: wireDelivery,
      pivotOf: (delivery) => delivery,
      idOf: (delivery) => delivery.id,
      versionOf: () => undefined,
      // It has no version, but it changes: whatever is told of it counts.
      stateOf: (delivery) => JSON.stringify(wireDelivery(delivery)),
    }, { context, parameters: { limit: query.limit }, page, cursors, list });
  }

  async retryDelivery(
    { path }: api.RetryDeliveryRequest,
    context: RequestContext,
  ): Promise<api.RetryDeliveryResponse> {
    const { signal } = context;
    const delivery = await this.parts.webhooks.retry(keyOf(path, context), path.deliveryId, { signal });
    return {
      status: 202,
      headers: await tokenHeader(context, this.parts),
      body: { data: wireDelivery(delivery), meta: { requestId: context.requestId } },
    };
  }
}

function keyOf({ id }: { readonly id: string }, context: RequestContext): WebhookKey {
  return { id: id.toLowerCase(), viewer: viewerOf(context) };
}

/** How a read is done, by its header fields. @throws {Problem} 400 when the token is not one of ours. */
function readOptions(
  headers: TokenHeader,
  context: RequestContext,
  { tokens }: Pick<WebhookHandlerParts, "tokens">,
): ReadOptions {
  return tokens.readOptions(headers, context);
}

/** The header for what has been written by now. */
async function tokenHeader(
  context: RequestContext,
  { tokens }: Pick<WebhookHandlerParts, "tokens">,
): Promise<TokenHeader> {
  return await tokens.header(context);
}
