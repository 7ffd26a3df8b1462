/** Options for {@link call}. */
export interface CallOptions {
  readonly body?: unknown;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** A response with its body. */
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

/** Returns the id of a created resource. @throws {Error} for other responses than 201. */
export function createdId({ status, text }: CallResponse): string {
  if (status !== 201) throw new Error(`Setup failed: ${status} ${text}`);
  const { data }: { readonly data: { readonly id: string } } = JSON.parse(text);
  return data.id;
}

/** Options for {@link openAccountAt}. */
export interface NewAccount {
  /** @default {"BRL"} */
  readonly currency?: string;
  /** Initial deposit, e.g. "12.34". @default none */
  readonly balance?: string;
}

/** Opens an account of a new profile through the service at a URL, and returns its id. */
export async function openAccountAt(
  url: string,
  { currency = "BRL", balance }: NewAccount = {},
): Promise<string> {
  const profileId = createdId(await call(url, "POST /v1/profiles", { body: { name: "Ada" } }));
  const id = createdId(await call(url, "POST /v1/accounts", { body: { profileId, currency } }));
  if (balance === undefined) return id;
  const body = { amount: { amount: balance, currency } };
  createdId(await call(url, `POST /v1/accounts/${id}/deposits`, { body, key: crypto.randomUUID() }));
  return id;
}
