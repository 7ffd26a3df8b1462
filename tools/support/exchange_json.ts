import type { Server } from "@archway/server/server.ts";

/** Response with its JSON. */
export interface JsonResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined if there is no body, or no JSON. */
  readonly json: unknown;
}

/** Request of {@link exchange}. */
export interface JsonRequest {
  /** Sent as JSON. @default none */
  readonly body?: unknown;
  /** @default {} */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request such as "PATCH /pets/1" to an in-process server, for APIs of any form. */
export async function exchange(
  server: Server,
  line: string,
  { body, headers = {} }: JsonRequest = {},
): Promise<JsonResponse> {
  const [method = "", target = ""] = line.split(" ");
  const response = await server.fetch(
    new Request(`http://localhost${target}`, {
      method,
      headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    json: isJson && text !== "" ? JSON.parse(text) : undefined,
  };
}

/** Returns an own member of an object; undefined for other values. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

/** Returns some members of an object. */
export function pick(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, member(value, name)]));
}

/** Returns the length of a list; undefined for other values. */
export function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}
