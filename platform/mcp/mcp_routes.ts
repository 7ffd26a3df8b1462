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

/** Whether an operation only reads. */
export function onlyReads({ method }: Operation): boolean {
  return method === "GET" || method === "QUERY";
}

/** Returns all scopes that some of the operations need. */
export function scopesOf(operations: readonly Operation[]): readonly string[] {
  const scopes = operations.flatMap(({ security }) => security.flat().flatMap((scheme) => scheme.scopes));
  return [...new Set(scopes)].sort();
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

/**
 * Returns the route of MCP messages.
 *
 * @param isReferring Whether challenges refer to the metadata.
 */
export function mcpRoute(
  { security, isReferring }: { readonly security: Operation["security"]; readonly isReferring: boolean },
  handle: Route["handle"],
): Route {
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
      ...(isReferring && { resourceMetadata: METADATA_PATH }),
      extensions: {},
    },
    handle,
  };
}

/** Contents of the metadata. */
export interface ResourceMetadata {
  /** Name of the program. */
  readonly name: string;
  readonly authorizationServers: readonly string[];
  /** Scopes of the operations that agents can call. */
  readonly scopes: readonly string[];
}

/** Returns the route of the metadata that name the issuers of access tokens (RFC 9728). */
export function metadataRoute({ name, authorizationServers, scopes }: ResourceMetadata): Route {
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
          resource_name: name,
          authorization_servers: authorizationServers,
          scopes_supported: scopes,
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
