/** What a request is made of. */
export interface CallOptions {
  readonly body?: unknown;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** An response that was read to its end. */
export interface CallResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends a request such as "POST /v1/payments" to the service at a URL. A body is sent as JSON. */
export async function call(url: string, line: string, request: CallOptions = {}): Promise<CallResponse> {
  const { body, key, signal } = request;
  const [method = "", path = ""] = line.split(" ");
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(key !== undefined && { "Idempotency-Key": key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The id of what was made. @throws {Error} when nothing was. */
export function createdId({ status, text }: CallResponse): string {
  if (status !== 201) throw new Error(`Setting up failed: ${status} ${text}`);
  const { data }: { readonly data: { readonly id: string } } = JSON.parse(text);
  return data.id;
}

/** What an account is opened with. */
export interface NewAccount {
  /** @default {"BRL"} */
  readonly currency?: string;
  /** As it is written, e.g. "12.34". @default nothing */
  readonly balance?: string;
}

/** Opens an account of a profile of its own through the service at a URL, and gives its id. */
export async function openAccountAt(
  url: string,
  { currency = "BRL", balance }: NewAccount = {},
): Promise<string> {
  const profileId = createdId(await call(url, "POST /v1/profiles", { body: { name: "Somebody" } }));
  const id = createdId(await call(url, "POST /v1/accounts", { body: { profileId, currency } }));
  if (balance === undefined) return id;
  const body = { amount: { amount: balance, currency } };
  createdId(await call(url, `POST /v1/accounts/${id}/deposits`, { body, key: crypto.randomUUID() }));
  return id;
}
