import { parseIfMatch } from "@archway/server/entity_tag.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { ConsistencyTokens, TokenHeader } from "./consistency_tokens.ts";
import { formatVersion, type VersionCondition, versionCondition } from "./entity_version.ts";

/** Options for {@link ResourceResponses}. */
export interface ResourceResponsesOptions<Item, Json> {
  readonly tokens: ConsistencyTokens;
  readonly toJson: (item: Item) => Json;
  readonly versionOf: (item: Item) => bigint;
  /** Returns the path of a resource for the Location header. */
  readonly pathOf: (item: Item) => string;
}

/** Body of a response with one resource. */
export interface ResourceBody<Json> {
  readonly data: Json;
  readonly meta: { readonly requestId: string };
}

interface Found<Json> {
  readonly status: 200;
  readonly headers: { readonly ETag: string };
  readonly body: ResourceBody<Json>;
}

interface Written<Json> {
  readonly status: 200;
  readonly headers: { readonly ETag: string } & TokenHeader;
  readonly body: ResourceBody<Json>;
}

interface Created<Json> {
  readonly status: 201;
  readonly headers: { readonly ETag: string; readonly Location: string } & TokenHeader;
  readonly body: ResourceBody<Json>;
}

interface Deleted {
  readonly status: 204;
  readonly headers: TokenHeader;
}

/** Builder of responses with one resource, its ETag, and after writes a Consistency-Token. */
export class ResourceResponses<Item, Json> {
  readonly #options: ResourceResponsesOptions<Item, Json>;

  constructor(options: ResourceResponsesOptions<Item, Json>) {
    this.#options = options;
  }

  /** Returns 200 for a read. */
  found(item: Item, context: RequestContext): Found<Json> {
    return { status: 200, headers: { ETag: this.#tag(item) }, body: this.body(item, context) };
  }

  /** Returns 200 for a committed change. */
  async written(item: Item, context: RequestContext): Promise<Written<Json>> {
    const headers = { ETag: this.#tag(item), ...await this.#options.tokens.header(context) };
    return { status: 200, headers, body: this.body(item, context) };
  }

  /** Returns 201 for a committed creation. */
  async created(item: Item, context: RequestContext): Promise<Created<Json>> {
    const { status, headers, body } = this.createdInTransaction(item, context);
    return { status, headers: { ...headers, ...await this.#options.tokens.header(context) }, body };
  }

  /** Returns 201 for a creation in an open transaction. The Consistency-Token is added after the commit. */
  createdInTransaction(item: Item, context: RequestContext): Created<Json> {
    const headers = { ETag: this.#tag(item), Location: this.#options.pathOf(item) };
    return { status: 201, headers, body: this.body(item, context) };
  }

  /** Returns 204 for a committed deletion. */
  async deleted(context: RequestContext): Promise<Deleted> {
    return { status: 204, headers: await this.#options.tokens.header(context) };
  }

  body(item: Item, { requestId }: RequestContext): ResourceBody<Json> {
    return { data: this.#options.toJson(item), meta: { requestId } };
  }

  #tag(item: Item): string {
    return formatVersion(this.#options.versionOf(item));
  }
}

/**
 * Returns the version condition of a request.
 *
 * @throws {Problem} 400 if the header is malformed.
 */
export function conditionOf(headers: { readonly "If-Match": string }): VersionCondition {
  return versionCondition(parseIfMatch(headers["If-Match"]));
}
