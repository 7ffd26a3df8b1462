import type { Server } from "@archway/server/server.ts";

/** JSON of one resource. */
export type Json = Readonly<Record<string, unknown>>;

/** Response of a call, with its body read. */
export interface CallResult {
  readonly status: number;
  /** Status, and the slug of the problem type if it is a problem. */
  readonly outcome: string;
  readonly headers: Headers;
  /** `data` of one resource; empty if there is none. */
  readonly data: Json;
  /** `data` of a list; empty if there is none. */
  readonly items: readonly Json[];
  readonly meta: { readonly nextCursor?: string; readonly etags?: Json };
  readonly invalidParams: readonly { readonly pointer?: string; readonly reason: string }[];
}

/** Options of a call. */
export interface Call {
  /** Bearer token. */
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request such as "GET /v1/webhooks" to a server in process. A body is sent as JSON. */
export async function call(
  server: Server,
  line: string,
  { as, body, headers = {} }: Call = {},
): Promise<CallResult> {
  const [method = "", target = ""] = line.split(" ");
  const response = await server.fetch(
    new Request(`http://localhost${target}`, {
      method,
      headers: {
        ...(as !== undefined && { Authorization: `Bearer ${as}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  const { data, meta = {}, type, invalidParams = [] } = text === "" ? {} : JSON.parse(text);
  const [one, items] = Array.isArray(data) ? [{}, data] : [data ?? {}, []];
  const { status } = response;
  const outcome = type === undefined ? `${status}` : `${status} ${type.split("/").at(-1)}`;
  return { status, outcome, headers: response.headers, data: one, items, meta, invalidParams };
}
