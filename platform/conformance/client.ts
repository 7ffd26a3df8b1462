import { readLimitedBody } from "@archway/server/limited_body.ts";

/** Access to the service under test, for what rows need beforehand and for reading its state afterwards. */
export interface Client {
  readonly origin: URL;
  /** Sent with every request. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly timeoutMs: number;
}

/** Something that rows need could not be prepared: they are skipped. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

/** Maximum size of a response; documents of large APIs have a good part of it. */
const MAX_RESPONSE_BYTES = 16 * 1_048_576;

/**
 * Sends a valid request. Reading a body of more than {@link MAX_RESPONSE_BYTES} fails.
 *
 * @param path Path, or an address of the same origin: no other gets credentials.
 * @throws {SetupError} for another origin.
 */
export async function ask(client: Client, path: string, init: RequestInit = {}): Promise<Response> {
  const url = URL.parse(path, client.origin);
  if (url?.origin !== client.origin.origin) {
    throw new SetupError(`${JSON.stringify(path)} is not on ${client.origin.origin}: it gets no request`);
  }
  const headers = new Headers(init.headers);
  for (const [name, value] of client.fields) headers.set(name, value);
  const signal = AbortSignal.timeout(client.timeoutMs);
  return limitBody(await fetch(url, { ...init, headers, signal, redirect: "manual" }));
}

/** Returns a response whose body, once something reads it, fails and is cancelled after {@link MAX_RESPONSE_BYTES}. */
export function limitBody(response: Response): Response {
  const { body, status, statusText, headers, url } = response;
  if (body === null) return response;
  const cancellation = new AbortController();
  const limited = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller): Promise<void> {
      const { signal } = cancellation;
      const { bytes, isCut } = await readLimitedBody(body, MAX_RESPONSE_BYTES, { signal });
      if (isCut) throw new TypeError(`A response has more than ${MAX_RESPONSE_BYTES} bytes`);
      controller.enqueue(bytes);
      controller.close();
    },
    async cancel(reason): Promise<void> {
      cancellation.abort(reason);
      if (!body.locked) await body.cancel(reason);
    },
  }, { highWaterMark: 0 });
  // The constructor takes no address.
  return Object.defineProperty(new Response(limited, { status, statusText, headers }), "url", { value: url });
}

/** Returns path and query of a link in a response to a URL; undefined if it leads to another origin. */
export function linkedPath(link: string, base: string | URL): string | undefined {
  const [url, { origin }] = [URL.parse(link, base), new URL(base)];
  if (url === null || url.origin !== origin || !isPath(url.pathname)) return undefined;
  return url.pathname + url.search;
}

/** Whether a text is an absolute path: after two slashes there would be a host. */
export function isPath(text: string): boolean {
  return /^\/(?![/\\])/.test(text);
}

/** Sends a body as JSON, with an `Idempotency-Key`. */
export function post(
  client: Client,
  path: string,
  { body, key = crypto.randomUUID() }: { readonly body: unknown; readonly key?: string },
): Promise<Response> {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  return ask(client, path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Returns the body of a response. @throws {SetupError} for another status. */
export async function json<T>(response: Response, status: number): Promise<T> {
  const text = await response.text();
  if (response.status === status) return JSON.parse(text);
  throw new SetupError(`${new URL(response.url).pathname} responded ${response.status} instead of ${status}`);
}

/** Deletes an item in any version; one that is gone is fine. */
export async function deleteItem(client: Client, path: string): Promise<void> {
  const response = await ask(client, path, { method: "DELETE", headers: { "If-Match": "*" } });
  await response.body?.cancel();
}
