import type { ConsistencyTokens } from "../../consistency/consistency_tokens.ts";
import { CONSISTENCY_TOKEN, readAfter } from "../../consistency/read_after.ts";
import type { QueryOptions, ReaderOptions } from "../../db/db.ts";
import { formatVersion, versionCondition } from "../../paging/entity_version.ts";
import type { Pivot } from "../../paging/keyset.ts";
import type { ListIdentity, PageCursors } from "../../paging/page_cursors.ts";
import { parseIfMatch } from "../../server/entity_tag.ts";
import type { RequestContext } from "../../server/request_context.ts";
import type { Viewer } from "../viewer.ts";
import { viewerOf } from "../viewer_of.ts";
import type { WebhookKey } from "./webhook_ports.ts";
import { type PageAnswer, pageAnswer, type PageQuery, parsePage } from "./webhook_page.ts";
import type { WebhookService } from "./webhook_service.ts";
import {
  type WireCreatedWebhook,
  type WireDelivery,
  wireDelivery,
  type WireWebhook,
  wireWebhook,
} from "./wire_webhook.ts";

/** What the adapter works with. */
export interface WebhookHandlerParts {
  readonly webhooks: WebhookService;
  readonly cursors: PageCursors<Pivot>;
  readonly tokens: ConsistencyTokens;
}

type TokenHeader = { readonly [CONSISTENCY_TOKEN]?: string };
type WebhookPath = { readonly id: string };

/** An answer with one thing in it. */
interface One<Status extends number, Headers, Data> {
  readonly status: Status;
  readonly headers: Headers;
  readonly body: { readonly data: Data; readonly meta: { readonly requestId: string } };
}

/** The operations on webhooks. */
export class WebhookHandlers {
  constructor(private readonly parts: WebhookHandlerParts) {}

  async listWebhooks(
    { query, headers }: { readonly query: PageQuery; readonly headers: TokenHeader },
    context: RequestContext,
  ): Promise<PageAnswer<WireWebhook>> {
    const { webhooks, cursors } = this.parts;
    const viewer = viewerOf(context);
    const list = identityOf("webhooks, newest first", viewer);
    const page = parsePage(query, { cursors, list });
    const found = await webhooks.list(viewer, { ...page, ...this.#readOptions(headers, context) });
    const form = {
      wire: wireWebhook,
      etagOf: ({ version }: { readonly version: bigint }) => formatVersion(version),
    };
    return pageAnswer(found, form, { context, query, page, cursors, list });
  }

  async createWebhook(
    { body }: { readonly body: { readonly url: string; readonly eventTypes: readonly string[] } },
    context: RequestContext,
  ): Promise<
    One<201, TokenHeader & { readonly Location: string; readonly ETag: string }, WireCreatedWebhook>
  > {
    const { webhook, secret } = await this.parts.webhooks.create(body, {
      owner: context.principal?.subject ?? null,
      signal: context.signal,
    });
    return {
      status: 201,
      headers: {
        Location: `/v1/webhooks/${webhook.id}`,
        ETag: formatVersion(webhook.version),
        ...await this.#tokenHeader(context),
      },
      body: { data: { ...wireWebhook(webhook), secret }, meta: { requestId: context.requestId } },
    };
  }

  async getWebhook(
    { path, headers }: { readonly path: WebhookPath; readonly headers: TokenHeader },
    context: RequestContext,
  ): Promise<One<200, { readonly ETag: string }, WireWebhook>> {
    const webhook = await this.parts.webhooks.get(keyOf(path, context), this.#readOptions(headers, context));
    return {
      status: 200,
      headers: { ETag: formatVersion(webhook.version) },
      body: { data: wireWebhook(webhook), meta: { requestId: context.requestId } },
    };
  }

  async deleteWebhook(
    { path, headers }: { readonly path: WebhookPath; readonly headers: { readonly "If-Match": string } },
    context: RequestContext,
  ): Promise<{ readonly status: 204; readonly headers: TokenHeader }> {
    const condition = versionCondition(parseIfMatch(headers["If-Match"]));
    await this.parts.webhooks.delete(keyOf(path, context), { condition, signal: context.signal });
    return { status: 204, headers: await this.#tokenHeader(context) };
  }

  async listDeliveries(
    { path, query, headers }: {
      readonly path: WebhookPath;
      readonly query: PageQuery;
      readonly headers: TokenHeader;
    },
    context: RequestContext,
  ): Promise<PageAnswer<WireDelivery>> {
    const { webhooks, cursors } = this.parts;
    const key = keyOf(path, context);
    const list = identityOf("deliveries, newest first", key.viewer, key.id);
    const page = parsePage(query, { cursors, list });
    const found = await webhooks.listDeliveries(key, { ...page, ...this.#readOptions(headers, context) });
    return pageAnswer(found, { wire: wireDelivery }, { context, query, page, cursors, list });
  }

  async retryDelivery(
    { path }: { readonly path: WebhookPath & { readonly deliveryId: string } },
    context: RequestContext,
  ): Promise<One<202, TokenHeader, WireDelivery>> {
    const { signal } = context;
    const delivery = await this.parts.webhooks.retry(keyOf(path, context), path.deliveryId, { signal });
    return {
      status: 202,
      headers: await this.#tokenHeader(context),
      body: { data: wireDelivery(delivery), meta: { requestId: context.requestId } },
    };
  }

  #readOptions(headers: TokenHeader, { signal }: RequestContext): QueryOptions & ReaderOptions {
    const after = readAfter(headers, this.parts.tokens);
    return after === undefined ? { signal } : { signal, after };
  }

  /** For what has been written by now. */
  async #tokenHeader(context: RequestContext): Promise<TokenHeader> {
    const token = await this.parts.tokens.issue(context);
    return token === undefined ? {} : { [CONSISTENCY_TOKEN]: token };
  }
}

function keyOf({ id }: WebhookPath, context: RequestContext): WebhookKey {
  return { id: id.toLowerCase(), viewer: viewerOf(context) };
}

/** What a cursor is good for: the list with this name, of this viewer. */
function identityOf(name: string, viewer: Viewer, ...filter: readonly string[]): ListIdentity {
  return [name, ...filter, ...(viewer.kind === "owner" ? [viewer.subject] : [])];
}
