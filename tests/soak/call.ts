/** Purpose of a request, by which it is counted. */
export type Kind = "one by id" | "its own write" | "page" | "create" | "patch" | "delete" | "bad request";

/** Response with its body. */
export interface CallResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Request. */
export interface Call {
  readonly kind: Kind;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Expected status, unless it is rejected for a documented reason. */
  readonly expected: number;
  /** Expected ETag of that response; any if absent. */
  readonly etag?: string;
  /** Called with the response; undefined if there was none. */
  settle?(response: CallResponse | undefined): void;
}
