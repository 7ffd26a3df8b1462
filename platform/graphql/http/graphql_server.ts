import {
  type DocumentNode,
  executeRootSelectionSet,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  recommendedRules,
  specifiedRules,
  type ValidatedExecutionArgs,
  validateExecutionArgs,
} from "graphql";
import { parseRequestParams, type RequestParams } from "graphql-http";
import type { DecodedRequest, StrictResponse } from "@archway/server/operation.ts";
import type { OperationCalls } from "@archway/server/operation_calls.ts";
import { Problem } from "@archway/server/problem.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { isObject, textOf } from "@archway/service_kit/json_object.ts";
import { CONSISTENCY_TOKEN, type TokenHeader } from "@archway/service_kit/consistency_tokens.ts";
import type { GraphqlBatches, GraphqlFace } from "@archway/service_kit/graphql_face.ts";
import { executePlan } from "../execution/plan/execute_plan.ts";
import { type AllBatches, RequestState } from "../execution/request_state.ts";
import type { GraphqlConfig } from "../graphql_config.ts";
import { buildSchema } from "../schema/build_schema.ts";
import { LAST_EVENT_ID } from "../graphql_routes.ts";
import { acceptedType, EVENT_STREAM, JSON_RESPONSE, type ResponseType } from "./accepted_type.ts";
import { DocumentCache, type ParsedDocument } from "./document_cache.ts";
import { formatResult } from "./format_errors.ts";
import { singleResult } from "./server_events.ts";
import { Subscriptions } from "./subscriptions.ts";

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
const CACHED_CHARACTERS = 250_000;

/** GraphQL over HTTP, for requests that the server has authenticated. */
export class GraphqlServer {
  readonly schema: GraphQLSchema;
  readonly #options: GraphqlServerOptions;
  readonly #documents: DocumentCache;
  readonly #batches: AllBatches;
  readonly #subscriptions: Subscriptions;
  /** Ids of trusted documents, by text. */
  readonly #trustedIds: ReadonlyMap<string, string>;

  constructor(options: GraphqlServerOptions) {
    const { faces, batches, calls, config: { limits, subscriptions, documents }, introspection } = options;
    this.#options = options;
    this.schema = buildSchema(faces, { problemOf: (error, { context }) => calls.problemOf(error, context) });
    this.#batches = {
      byId: new Map(batches.flatMap(({ byId = {} }) => Object.entries(byId))),
      lists: new Map(batches.flatMap(({ lists = {} }) => Object.entries(lists))),
      subscriptions: new Map(batches.flatMap(({ subscriptions = {} }) => Object.entries(subscriptions))),
    };
    this.#documents = new DocumentCache({
      schema: this.schema,
      rules: introspection
        ? [...specifiedRules, ...recommendedRules]
        : [...specifiedRules, NoSchemaIntrospectionCustomRule],
      limits,
      hideSuggestions: !introspection,
      capacity: CACHED_CHARACTERS,
    });
    this.#subscriptions = new Subscriptions({ ...subscriptions, calls });
    this.#trustedIds = new Map([...documents ?? []].map(([id, text]) => [text, id]));
  }

  /** Responds to a request. */
  async respond(
    method: "GET" | "POST",
    request: DecodedRequest,
    context: RequestContext,
  ): Promise<StrictResponse> {
    const token = textOf(request.headers[CONSISTENCY_TOKEN]);
    const headers: TokenHeader = token === undefined ? {} : { [CONSISTENCY_TOKEN]: token };
    const type = acceptedType(textOf(request.headers["Accept"]));
    const state = new RequestState(context, headers, {
      ...{ calls: this.#options.calls, batches: this.#batches },
      lastEventId: textOf(request.headers[LAST_EVENT_ID]),
    });
    const parameters = await this.#parameters(method, request);
    const prepared = parameters instanceof Error
      ? [parameters]
      : await this.#prepare({ method, type, parameters }, state);
    if (!("args" in prepared)) return refusal(prepared, type);
    const { operation: { operation } } = prepared.args;
    if (operation === "subscription") {
      const body = await this.#subscriptions.open(prepared.args, state);
      return { status: 200, contentType: EVENT_STREAM, body };
    }
    const result = await this.#execute(prepared, state);
    const body = type === EVENT_STREAM ? singleResult(result) : result;
    const written = state.headers[CONSISTENCY_TOKEN];
    return {
      status: 200,
      headers: written === undefined || written === token ? {} : { [CONSISTENCY_TOKEN]: written },
      contentType: type,
      body,
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

  /** Returns the parameters of a request, or the error of a request that has none. */
  async #parameters(method: "GET" | "POST", request: DecodedRequest): Promise<RequestParams | Error> {
    const sent = method === "POST" ? request.body : request.query;
    const query = this.#trusted(sent);
    try {
      const parameters = await parseRequestParams({
        method,
        url: method === "GET" ? `?${searchOf(request.query, query)}` : "",
        headers: { "content-type": JSON_RESPONSE },
        body: method === "POST" && isObject(sent) ? { ...sent, query } : null,
        raw: undefined,
        context: undefined,
      });
      return "query" in parameters ? parameters : new Error("The request is not supported");
    } catch (error) {
      return error instanceof Error ? error : new Error("The request is malformed", { cause: error });
    }
  }

  /** Returns a request to execute, or the errors of its document and its variables. */
  async #prepare(
    { method, type, parameters: { query, operationName, variables } }: ReadRequest,
    state: RequestState,
  ): Promise<PreparedRequest | readonly GraphQLError[]> {
    const { introspection, operationOf, calls } = this.#options;
    const variableValues = variables ?? {};
    try {
      const parsed = this.#documents.get(query);
      const { document } = parsed;
      const operation = operationIn(document, operationName);
      // Names of other documents are client input.
      const trustedId = this.#trustedIds.get(query);
      if (trustedId !== undefined) calls.nameOperation(state.context, operation.name?.value ?? trustedId);
      const cost = parsed.costOf(operation, variableValues);
      const errors = parsed.errors();
      if (errors.length > 0) return errors;
      if (operation.operation === "mutation" && method === "GET") throw mutationByGet();
      if (operation.operation === "subscription" && type !== EVENT_STREAM) {
        throw new GraphQLError("Subscriptions need Accept: text/event-stream");
      }
      const args = validateExecutionArgs({
        schema: this.schema,
        document,
        operationName,
        variableValues,
        contextValue: { state },
        hideSuggestions: !introspection,
      });
      if (!("schema" in args)) return args;
      const points = Math.floor(cost / COST_OF_REQUEST);
      if (points > 0) await state.operation(operationOf("POST")).charge(state.context, points);
      return { args, parsed };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  async #execute({ args, parsed }: PreparedRequest, { context }: RequestState): Promise<ExecutionResult> {
    const plan = parsed.plans.planOf(args);
    const result = await (plan === undefined ? executeRootSelectionSet(args) : executePlan(plan, args));
    return formatResult(result, { calls: this.#options.calls, context });
  }
}

/** A request whose parameters were read. */
interface ReadRequest {
  readonly method: "GET" | "POST";
  readonly type: ResponseType;
  readonly parameters: RequestParams;
}

/** A request whose document is valid. */
interface PreparedRequest {
  readonly args: ValidatedExecutionArgs;
  readonly parsed: ParsedDocument;
}

function mutationByGet(): Problem {
  return new Problem(405, "method-not-allowed", {
    detail: "Mutations are sent with POST",
    headers: { Allow: "POST" },
  });
}

/** Returns the response to a request that is not executed. */
function refusal(errors: readonly Error[], type: ResponseType): StrictResponse {
  const isGraphql = errors.every((error) => error instanceof GraphQLError);
  const result = { errors: errors.map((error) => ensureGraphqlError(error)) };
  // An EventSource would give up after another status.
  if (type === EVENT_STREAM) return { status: 200, contentType: type, body: singleResult(result) };
  // Clients of the older media type take other statuses than 200 for a failure of the server.
  return { status: type === JSON_RESPONSE && isGraphql ? 200 : 400, contentType: type, body: result };
}

function ensureGraphqlError(error: Error): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(error.message);
}

function operationIn(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name);
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
