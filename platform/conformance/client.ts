import type { Field } from "./row.ts";

/** Access to the service under test, for what rows need beforehand and for reading its state afterwards. */
export interface Client {
  readonly origin: URL;
  /** Sent with every request. */
  readonly fields: readonly Field[];
  readonly timeoutMs: number;
}

/** Something that rows need could not be prepared: they are skipped. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

/** Sends a valid request. */
export async function ask(client: Client, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  for (const [name, value] of client.fields) headers.set(name, value);
  const signal = AbortSignal.timeout(client.timeoutMs);
  return await fetch(new URL(path, client.origin), { ...init, headers, signal, redirect: "manual" });
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
