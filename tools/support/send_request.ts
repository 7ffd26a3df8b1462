import type { Server } from "@archway/server/server.ts";

/** Response with its body. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed body; undefined if there is none. */
  readonly body: Body | undefined;
}

/** Members of response bodies that tests use. */
export interface Body {
  readonly data?: Person & readonly Person[];
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly invalidParams?: readonly {
    readonly name: string;
    readonly in: string;
    readonly pointer?: string;
  }[];
}

/** Contact or profile. */
interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly age?: number;
  /** Members that a team has added. */
  readonly [member: string]: unknown;
}

/** Options of {@link sendRequest}. */
export interface SendRequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends a request such as "PATCH /v1/contacts/1" to an in-process server. A body is sent as JSON. */
export async function sendRequest(
  server: Server,
  line: string,
  { headers = {}, body }: SendRequestOptions = {},
): Promise<ReceivedResponse> {
  const [method = "", target = ""] = line.split(" ");
  const request = new Request(`http://localhost${target}`, {
    method,
    headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response = await server.fetch(request);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}
