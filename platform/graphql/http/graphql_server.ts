import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  recommendedRules,
  specifiedRules,
} from "graphql";
import { createHandler, type Handler } from "graphql-http";
import type { DecodedRequest, StrictResponse } from "@archway/server/operation.ts";
import type { OperationCalls } from "@archway/server/operation_calls.ts";
import { Problem } from "@archway/server/problem.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { textOf } from "@archway/service_kit/json_object.ts";
import { CONSISTENCY_TOKEN, type TokenHeader } from "@archway/service_kit/consistency_tokens.ts";
import type { GraphqlBatches, GraphqlFace } from "@archway/service_kit/graphql_face.ts";
import { type AllBatches, RequestState, type ResolverContext } from "../execution/request_state.ts";
import type { GraphqlConfig } from "../graphql_config.ts";
import { enforceLimits } from "../limits/enforce_limits.ts";
import { buildSchema } from "../schema/build_schema.ts";
import { DocumentCache } from "./document_cache.ts";
import { formatResult } from "./format_errors.ts";

/** Options of {@link GraphqlServer}. */
export interface GraphqlServerOptions {
  readonly faces: readonly GraphqlFace[];
  readonly batches: readonly GraphqlBatches[];
  readonly calls: OperationCalls;
  readonly config: GraphqlConfig;
  /** Whether clients can read the schema, and errors suggest names. */
  readonly introspection: boolean;
  /** Operation of the OpenAPI document that serves GraphQL, by method. */
  readonly operationOf: (method: string) => string;
}

/** Cost that counts as one request against the quota of the caller. */
const COST_OF_REQUEST = 400;
const CACHED_DOCUMENTS = 500;

/** GraphQL over HTTP, for requests that the server has authenticated. */
export class GraphqlServer {
  readonly schema: GraphQLSchema;
  readonly #options: GraphqlServerOptions;
  readonly #documents: DocumentCache;
  readonly #batches: AllBatches;
  readonly #handle: Handler<RequestState, undefined>;

  constructor(options: GraphqlServerOptions) {
    const { faces, batches, calls, config: { limits: { maxTokens } }, introspection } = options;
    this.#options = options;
    this.schema = buildSchema(faces, { problemOf: (error, { context }) => calls.problemOf(error, context) });
    this.#batches = {
      byId: new Map(batches.flatMap(({ byId = {} }) => Object.entries(byId))),
      lists: new Map(batches.flatMap(({ lists = {} }) => Object.entries(lists))),
    };
    this.#documents = new DocumentCache({
      schema: this.schema,
      rules: introspection
        ? [...specifiedRules, ...recommendedRules]
        : [...specifiedRules, NoSchemaIntrospectionCustomRule],
      maxTokens,
      hideSuggestions: !introspection,
      capacity: CACHED_DOCUMENTS,
    });
    this.#handle = createHandler<RequestState, undefined, ResolverContext>({
      onSubscribe: ({ raw }, { query, operationName, variables }) =>
        this.#prepare(raw, { text: query, operationName, variables: variables ?? {} }),
      onOperation: ({ raw: { context } }, _, result) => formatResult(result, { calls, context }),
    });
  }

  /** Responds to a request. */
  async respond(
    method: "GET" | "POST",
    request: DecodedRequest,
    context: RequestContext,
  ): Promise<StrictResponse> {
    const { calls } = this.#options;
    const token = textOf(request.headers[CONSISTENCY_TOKEN]);
    const headers: TokenHeader = token === undefined ? {} : { [CONSISTENCY_TOKEN]: token };
    const state = new RequestState(context, headers, { calls, batches: this.#batches });
    const sent = method === "POST" ? request.body : request.query;
    const query = this.#trusted(sent);
    const [text, { status, headers: { "content-type": contentType, allow } = {} }] = await this.#handle({
      method,
      url: method === "GET" ? `?${searchOf(request.query, query)}` : "",
      headers: { accept: textOf(request.headers["Accept"]), "content-type": "application/json" },
      body: method === "POST" && typeof sent === "object" ? { ...sent, query } : null,
      raw: state,
      context: undefined,
    });
    if (status === 405) {
      throw new Problem(405, "method-not-allowed", {
        detail: "Mutations are sent with POST",
        headers: { Allow: allow ?? "POST" },
      });
    }
    const written = state.headers[CONSISTENCY_TOKEN];
    return {
      status,
      headers: written === undefined || written === token ? {} : { [CONSISTENCY_TOKEN]: written },
      ...(contentType !== undefined && { contentType }),
      ...(text !== null && { body: new TextEncoder().encode(text) }),
    };
  }

  /** Returns the document of a request. @throws {Problem} 400 for one that is not trusted. */
  #trusted(request: unknown): unknown {
    const { documents } = this.#options.config;
    const { query, documentId } = typeof request === "object" && request !== null
      ? { query: Reflect.get(request, "query"), documentId: Reflect.get(request, "documentId") }
      : {};
    if (documents === undefined) return query;
    const found = typeof documentId === "string" ? documents.get(documentId) : undefined;
    if (found !== undefined) return found;
    throw new Problem(400, "malformed-request", {
      detail: "The service accepts only documents that it knows; send the id of one as documentId",
      invalidParams: [{
        name: "documentId",
        in: "body",
        pointer: "/documentId",
        reason: documentId === undefined ? "is required" : "is no known document",
      }],
    });
  }

  async #prepare(
    state: RequestState,
    { text, operationName, variables }: {
      readonly text: string;
      readonly operationName: string | null | undefined;
      readonly variables: Readonly<Record<string, unknown>>;
    },
  ): Promise<ExecutionArgs & { readonly contextValue: ResolverContext } | readonly GraphQLError[]> {
    const { config: { limits }, introspection, operationOf } = this.#options;
    const { schema } = this;
    try {
      const cached = this.#documents.get(text);
      const { document } = cached;
      const operation = operationIn(document, operationName);
      const cost = enforceLimits(document, operation, { schema, limits, variables });
      const errors = cached.errors();
      if (errors.length > 0) return errors;
      const points = Math.floor(cost / COST_OF_REQUEST);
      if (points > 0) await state.operation(operationOf("POST")).charge(state.context, points);
      return {
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue: { state },
        hideSuggestions: !introspection,
      };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }
}

function operationIn(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name);
  if (operation?.operation === "subscription") {
    throw new GraphQLError("Subscriptions need Accept: text/event-stream");
  }
  if (operation !== undefined && operation !== null) return operation;
  throw new GraphQLError(
    name === undefined || name === null
      ? "The document must have one operation, or the request an operationName"
      : "The document has no operation with this operationName",
  );
}

/** Returns the query of a URL with the parameters of a request, and the document. */
function searchOf(parameters: Readonly<Record<string, unknown>>, query: unknown): string {
  const search = new URLSearchParams();
  for (const name of ["operationName", "variables", "extensions"]) {
    const value = parameters[name];
    if (typeof value === "string") search.set(name, value);
  }
  if (typeof query === "string") search.set("query", query);
  return search.toString();
}
