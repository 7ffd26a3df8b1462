import type { Field } from "./row.ts";
import type { Suite } from "./suite.ts";

/** Access to the service under test, for what rows need beforehand and for looking at it afterwards. */
export interface Client {
  readonly origin: URL;
  readonly suite: Suite;
  /** Sent with every request. */
  readonly fields: readonly Field[];
  readonly timeoutMs: number;
}

/** Sends a request that is right. */
export async function ask(client: Client, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  for (const [name, value] of client.fields) headers.set(name, value);
  const signal = AbortSignal.timeout(client.timeoutMs);
  return await fetch(new URL(path, client.origin), { ...init, headers, signal, redirect: "manual" });
}

/** Sends a body as JSON. */
export function post(
  client: Client,
  path: string,
  { body, key }: { readonly body: unknown; readonly key?: string },
): Promise<Response> {
  const headers = {
    "Content-Type": "application/json",
    ...(key !== undefined && { "Idempotency-Key": key }),
  };
  return ask(client, path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The body of a response. @throws {Error} for another status. */
export async function json<T>(response: Response, status: number): Promise<T> {
  const text = await response.text();
  if (response.status === status) return JSON.parse(text);
  throw new Error(`Setting up a row failed: ${response.status} instead of ${status}`);
}

/** Deletes an item in any version; one that is gone is fine. */
export async function deleteItem(client: Client, path: string): Promise<void> {
  const response = await ask(client, path, { method: "DELETE", headers: { "If-Match": "*" } });
  await response.body?.cancel();
}
