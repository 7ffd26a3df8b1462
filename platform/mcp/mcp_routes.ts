import type { Operation, ParameterDescriptor, Route, StrictResponse } from "@archway/server/operation.ts";
import { commonSecurity, credentialsOf, isSecured } from "@archway/service_kit/common_security.ts";

/** Path of MCP requests. */
export const MCP_PATH = "/mcp";
const METADATA_PATH = `/.well-known/oauth-protected-resource${MCP_PATH}`;

/** Statuses of responses with a JSON-RPC message, or of none. */
export const MCP_STATUSES: readonly string[] = ["200", "202", "400", "404", "500"];

/** Header fields of the protocol. */
const FIELDS = ["Accept", "Origin", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"];

/** Operations that agents can call, and the credentials that they send. */
export interface ServedOperations {
  readonly operationIds: ReadonlySet<string>;
  readonly security: Operation["security"];
}

/**
 * Returns the operations that one credential of a request suits: those with the most common security requirement, and those
 * without any. Scopes are checked by each call.
 */
export function servedOperations(operations: readonly Operation[]): ServedOperations {
  const secured = operations.filter(isSecured);
  const counts = new Map<string, number>();
  for (const { security } of secured) {
    for (const key of new Set(security.map(credentialsOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [[most] = []] = [...counts].sort(([, a], [, b]) => b - a);
  const suited = secured.filter(({ security }) =>
    security.some((schemes) => credentialsOf(schemes) === most)
  );
  const served = operations.filter((operation) => !secured.includes(operation) || suited.includes(operation));
  return {
    operationIds: new Set(served.map(({ operationId }) => operationId)),
    security: commonSecurity(suited),
  };
}

/** Returns the route of MCP messages. */
export function mcpRoute(security: Operation["security"], handle: Route["handle"]): Route {
  return {
    operation: {
      operationId: "mcp",
      method: "POST",
      path: MCP_PATH,
      parameters: FIELDS.map(headerField),
      requestBody: { required: true, content: [{ mediaType: "application/json", codec: "json" }] },
      responses: Object.fromEntries(MCP_STATUSES.map((status) => [status, {
        content: status === "202" ? [] : [{ mediaType: "application/json", codec: "json" }],
        headers: [],
      }])),
      security,
      extensions: {},
    },
    handle,
  };
}

/** Returns the route of the metadata that name the issuers of access tokens (RFC 9728). */
export function metadataRoute(authorizationServers: readonly string[]): Route {
  return {
    operation: {
      operationId: "mcpMetadata",
      method: "GET",
      path: METADATA_PATH,
      parameters: [],
      responses: { "200": { content: [{ mediaType: "application/json", codec: "json" }], headers: [] } },
      security: [],
      extensions: {},
    },
    handle: (_, { url }): Promise<StrictResponse> =>
      Promise.resolve({
        status: 200,
        body: {
          resource: `${url.origin}${MCP_PATH}`,
          authorization_servers: authorizationServers,
          bearer_methods_supported: ["header"],
        },
      }),
  };
}

function headerField(name: string): ParameterDescriptor {
  return {
    ...{ name, in: "header", required: false, style: "simple", explode: false },
    shape: { kind: "string" },
  };
}

/** OpenAPI document of the endpoint. The tools that it lists describe what it serves. */
export const MCP_DOCUMENT: string = JSON.stringify({
  openapi: "3.1.0",
  info: {
    title: "Model Context Protocol",
    version: "1.0.0",
    description: "The operations of the other APIs as tools for agents.",
  },
  paths: {
    [MCP_PATH]: {
      post: {
        operationId: "mcp",
        summary: "Send a message of the Model Context Protocol",
        requestBody: { required: true, content: { "application/json": { schema: { type: "object" } } } },
        responses: {
          "200": {
            description: "The response to the message",
            content: { "application/json": { schema: { type: "object" } } },
          },
          "202": { description: "The message needs no response" },
        },
      },
    },
    [METADATA_PATH]: {
      get: {
        operationId: "mcpMetadata",
        summary: "Get the metadata of the protected resource",
        responses: {
          "200": {
            description: "The issuers of access tokens",
            content: { "application/json": { schema: { type: "object" } } },
          },
        },
      },
    },
  },
});
