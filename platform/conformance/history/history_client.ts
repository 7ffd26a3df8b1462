import type { JsonValue } from "@archway/server/operation.ts";
import { isPath, limitBody } from "../client.ts";
import type { Field } from "../row.ts";
import type { Outcome } from "./history.ts";

/** Address that requests are sent to. */
export interface Target {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Sends a request once: a client that repeats lost ones would hide their effects. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Client of a history. It has one operation at a time. */
export interface HistoryClient {
  readonly process: number;
  /** Addresses of the same service; each request is sent to one of them. */
  readonly targets: readonly [Target, ...Target[]];
  /** Sent with every request, such as `Authorization`. */
  readonly fields: readonly Field[];
  /** Returns a number from 0 to less than 1. */
  readonly random: () => number;
  readonly timeoutMs: number;
}

/** Sends requests over the network. Disposing closes its connections. */
export interface HistoryNetwork extends Disposable {
  readonly fetch: Target["fetch"];
}

/** Opens a network that never uses a connection twice. HTTP clients repeat requests that were lost with a used one. */
export function openNetwork(): HistoryNetwork {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  return { fetch: (request) => fetch(request, { client }), [Symbol.dispose]: () => client.close() };
}

/** Request of an operation. A body is sent as JSON. */
export interface HistoryRequest {
  /** @default {"GET"} */
  readonly method?: string;
  readonly path: string;
  /** @default {{}} */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default no body */
  readonly body?: JsonValue;
}

/** Request with its result, as its client knows it. */
export interface Exchange {
  readonly outcome: Outcome;
  /** Zero without a response. */
  readonly status: number;
  readonly headers: Headers;
  /** Address of the request, which links are relative to. */
  readonly url: string;
  /** Parsed body; undefined if it is not JSON. */
  readonly body: JsonValue | undefined;
}

/**
 * Sends a request, once. Its outcome is "fail" if nothing can have been done: a status of the client's errors, a 503 that
 * asks for a retry, no connection, or a read. Every other failure is "unknown"; so is a redirection, which is not followed.
 *
 * @throws {TypeError} for a path that is none: it may lead to another host.
 */
export async function exchange(
  { targets, fields, random, timeoutMs }: HistoryClient,
  { method = "GET", path, headers = {}, body }: HistoryRequest,
): Promise<Exchange> {
  const target = targets[Math.floor(random() * targets.length)] ?? targets[0];
  const url = new URL(path, target.origin);
  if (!isPath(path) || url.origin !== new URL(target.origin).origin) {
    throw new TypeError(`${JSON.stringify(path)} is no path on ${target.origin}: it gets no request`);
  }
  const request = new Request(url, {
    method,
    headers: {
      ...Object.fromEntries(fields),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
    redirect: "manual",
  });
  const isRead = method === "GET";
  try {
    const response = limitBody(await target.fetch(request));
    const text = await response.text();
    const { status } = response;
    return {
      ...{ outcome: outcomeOf(response, isRead), status, headers: response.headers },
      ...{ url: url.href, body: parse(text) },
    };
  } catch (error) {
    // Deno names the phase in which a request failed, in its error or, in newer versions, in the cause of that.
    const { message = "", cause } = error instanceof TypeError ? error : {};
    const reasons = [message, cause instanceof Error ? cause.message : ""];
    const isUnsent = reasons.some((reason) => reason.includes("client error (Connect)"));
    return {
      ...{ outcome: isRead || isUnsent ? "fail" : "unknown", status: 0 },
      ...{ headers: new Headers(), url: url.href, body: undefined },
    };
  }
}

function outcomeOf({ status, headers }: Response, isRead: boolean): Outcome {
  if (status < 300) return "ok";
  const isUndone = (status >= 400 && status < 500) || (status === 503 && headers.has("retry-after"));
  return isRead || isUndone ? "fail" : "unknown";
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
