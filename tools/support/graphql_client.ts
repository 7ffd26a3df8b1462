import type { Server } from "@archway/server/server.ts";

/** JSON that tests read by path. */
export type GraphqlData = Readonly<Record<string, unknown>>;

/** Error of a GraphQL response. */
export interface GraphqlFailure {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: GraphqlData;
}

/** Response to a GraphQL request. */
export interface GraphqlReply {
  readonly status: number;
  readonly headers: Headers;
  readonly data: GraphqlData | null | undefined;
  readonly errors: readonly GraphqlFailure[];
}

/** Options of {@link sendGraphql}. */
export interface GraphqlRequest {
  readonly variables?: GraphqlData;
  /** Token, i.e. a subject's name. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a GraphQL document to a server in this process. */
export async function sendGraphql(
  server: Server,
  query: string,
  { variables = {}, as, headers = {} }: GraphqlRequest = {},
): Promise<GraphqlReply> {
  const response = await server.fetch(
    new Request("http://localhost/graphql", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/graphql-response+json",
        ...(as !== undefined && { Authorization: `Bearer ${as}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    }),
  );
  const { data, errors = [] } = await response.json();
  return { status: response.status, headers: response.headers, data, errors };
}

/** Returns the value at a path such as "profiles.nodes.0.name". */
export function at(data: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, step) => typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined,
    data,
  );
}
