import type { Operation, ParameterDescriptor, ResponseDescriptor, Route } from "@archway/server/operation.ts";
import { commonSecurity, isSecured } from "@archway/service_kit/common_security.ts";
import { CONSISTENCY_TOKEN } from "@archway/service_kit/consistency_tokens.ts";

/** Path of GraphQL requests. */
const GRAPHQL_PATH = "/graphql";

/** Operations of GraphQL requests, by method. */
export const GRAPHQL_OPERATIONS = { GET: "graphqlQuery", POST: "graphql" } as const;

const MEDIA_TYPES = ["application/graphql-response+json", "application/json"];
const EVENT_STREAM = "text/event-stream";
const STATUSES = ["200", "400", "422"];
const QUERY_PARAMETERS = ["query", "documentId", "operationName", "variables", "extensions"];

/** Header field with the event after which a subscription continues (HTML, section 9.2.4). */
export const LAST_EVENT_ID = "Last-Event-ID";

/** Responds to a request. */
export type Respond = (
  method: "GET" | "POST",
  ...request: Parameters<Route["handle"]>
) => ReturnType<Route["handle"]>;

/**
 * Returns the routes of GraphQL.
 *
 * @param operations Operations that its fields call.
 */
export function graphqlRoutes(
  operations: readonly Operation[],
  { respond, maxBodyBytes }: { readonly respond: Respond; readonly maxBodyBytes: number },
): readonly Route[] {
  const security = securityOf(operations);
  return [
    {
      operation: {
        ...describe("GET", security),
        parameters: [
          ...HEADERS,
          ...QUERY_PARAMETERS.map(query),
        ],
      },
      handle: (request, context) => respond("GET", request, context),
    },
    {
      operation: {
        ...describe("POST", security),
        parameters: HEADERS,
        requestBody: {
          required: true,
          maxBytes: maxBodyBytes,
          content: [{ mediaType: "application/json", codec: "json" }],
        },
      },
      handle: (request, context) => respond("POST", request, context),
    },
  ];
}

function describe(method: "GET" | "POST", security: Operation["security"]): Omit<Operation, "parameters"> {
  return {
    operationId: GRAPHQL_OPERATIONS[method],
    method,
    path: GRAPHQL_PATH,
    responses: {
      ...Object.fromEntries(STATUSES.map((status) => [status, RESPONSE])),
      "200": { ...RESPONSE, content: [...RESPONSE.content, { mediaType: EVENT_STREAM, codec: "events" }] },
    },
    security,
    extensions: {},
  };
}

/** @throws {Error} if no credential suits all operations. */
function securityOf(operations: readonly Operation[]): Operation["security"] {
  const secured = operations.filter(isSecured);
  const common = commonSecurity(secured);
  if (secured.length > 0 && common.length === 0) {
    throw new Error("GraphQL: the operations of its fields have no security scheme in common");
  }
  return common;
}

const RESPONSE: ResponseDescriptor = {
  content: MEDIA_TYPES.map((mediaType) => ({ mediaType, codec: "json" })),
  headers: [{ name: CONSISTENCY_TOKEN, required: false }],
};

const HEADERS: readonly ParameterDescriptor[] = ["Accept", CONSISTENCY_TOKEN, LAST_EVENT_ID].map((name) => ({
  ...{ name, in: "header", required: false, style: "simple", explode: false },
  shape: { kind: "string" },
}));

function query(name: string): ParameterDescriptor {
  return { name, in: "query", required: false, style: "form", explode: true, shape: { kind: "string" } };
}

/** Requests that the reference page of the API sends. */
const EXAMPLES = {
  fields: {
    summary: "The queries that exist, where introspection is permitted",
    value: { query: "{ __schema { queryType { fields { name description } } } }" },
  },
  variables: {
    summary: "Variables and the name of an operation",
    value: {
      query: "query Type($full: Boolean!) { __typename again: __typename @include(if: $full) }",
      operationName: "Type",
      variables: { full: true },
    },
  },
};

/** OpenAPI document of the endpoint. The schema describes what it serves. */
export const GRAPHQL_DOCUMENT: string = JSON.stringify({
  openapi: "3.1.0",
  info: {
    title: "GraphQL API",
    version: "1.0.0",
    description: "The operations of the other APIs as fields of a GraphQL schema, by GraphQL over HTTP.",
  },
  paths: {
    [GRAPHQL_PATH]: {
      get: {
        operationId: GRAPHQL_OPERATIONS.GET,
        summary: "Execute a GraphQL query",
        parameters: QUERY_PARAMETERS.map((name) => ({
          ...{ name, in: "query" },
          schema: { type: "string" },
        })),
        responses: documentedResponses(),
      },
      post: {
        operationId: GRAPHQL_OPERATIONS.POST,
        summary: "Execute a GraphQL operation",
        requestBody: {
          required: true,
          content: {
            "application/json": {
              examples: EXAMPLES,
              schema: {
                type: "object",
                properties: {
                  query: { type: "string" },
                  documentId: { type: "string" },
                  operationName: { type: ["string", "null"] },
                  variables: { type: ["object", "null"] },
                  extensions: { type: ["object", "null"] },
                },
              },
            },
          },
        },
        responses: documentedResponses(),
      },
    },
  },
});

function documentedResponses(): object {
  const schema = {
    type: "object",
    properties: { data: { type: ["object", "null"] }, errors: { type: "array", items: { type: "object" } } },
  };
  const content = Object.fromEntries(MEDIA_TYPES.map((mediaType) => [mediaType, { schema }]));
  return {
    "200": {
      description: "The result, which can have errors of single fields; or the results of a subscription",
      content: { ...content, [EVENT_STREAM]: { schema: { type: "string" } } },
    },
    "400": {
      description:
        "An invalid document; a request that is refused before it is read gets a problem (RFC 9457)",
      content: { ...content, "application/problem+json": { schema: { type: "object" } } },
    },
    "422": {
      description: "A body of another form (RFC 9457)",
      content: { "application/problem+json": { schema: { type: "object" } } },
    },
  };
}
