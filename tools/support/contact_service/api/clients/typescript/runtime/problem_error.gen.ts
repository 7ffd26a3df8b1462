// Code generated from tools/oapi_codegen/client/runtime/problem_error.ts; DO NOT EDIT.
/** Error of one parameter or property in a problem. */
export interface FieldError {
  /** Name of the parameter or property. */
  readonly name?: string;
  /** Location: path, query, header, cookie or body. */
  readonly in?: string;
  /** JSON Pointer into the body. */
  readonly pointer?: string;
  readonly reason: string;
}

/** Options of a {@link ProblemError}. */
export interface ProblemErrorOptions {
  /** Parsed body: problem details (RFC 9457), or whatever the server sent. */
  readonly body: unknown;
  /** Number of requests sent so far for this call. */
  readonly attempts: number;
}

/** Response that is not a success, with its problem details (RFC 9457). */
export class ProblemError extends Error {
  override readonly name: string = "ProblemError";
  /** URI of the problem type; "about:blank" if the response has none. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string | undefined;
  readonly instance: string | undefined;
  readonly requestId: string | undefined;
  /** Errors of parameters and properties, of the members `invalidParams` or `errors`. */
  readonly errors: readonly FieldError[];
  /** Parsed body, with the members that the problem type adds. */
  readonly body: unknown;
  /** Delay that the server asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /**
   * Number of requests sent for this call. After more than one, an earlier one may have taken effect although its
   * response was lost: a 404 or 412 can then mean that the change was made.
   */
  readonly attempts: number;

  constructor(readonly response: Response, { body, attempts }: ProblemErrorOptions) {
    const title = textOf(body, "title") ?? (response.statusText || `Status ${response.status}`);
    const detail = textOf(body, "detail");
    super(detail === undefined ? title : `${title}: ${detail}`);
    this.type = textOf(body, "type") ?? "about:blank";
    this.title = title;
    this.status = response.status;
    this.detail = detail;
    this.instance = textOf(body, "instance");
    this.requestId = textOf(body, "requestId") ?? response.headers.get("X-Request-Id") ?? undefined;
    this.errors = fieldErrors(memberOf(body, "invalidParams") ?? memberOf(body, "errors"));
    this.body = body;
    this.retryAfterMs = retryAfterOf(response.headers);
    this.attempts = attempts;
  }

  /** Last segment of the problem type, such as "profile-not-found"; empty for "about:blank". */
  get slug(): string {
    return this.type === "about:blank" ? "" : this.type.split(/[?#]/)[0]?.split("/").at(-1) ?? "";
  }
}

/** The resource was changed since it was read. Read it again before the next attempt: the client sends no older tag. */
export class PreconditionFailedError extends ProblemError {
  override readonly name: string = "PreconditionFailedError";
  /** Tag of the current version, if the server sent it. */
  get etag(): string | undefined {
    return this.response.headers.get("ETag") ?? undefined;
  }
}

/** No response, or none that could be read to its end. A write may have taken effect. */
export class ConnectionError extends Error {
  override readonly name: string = "ConnectionError";
  /** Number of requests sent for this call. */
  attempts = 1;
  /** Key of the requests: a call with the same key receives the response of the one that took effect. */
  idempotencyKey: string | undefined = undefined;

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    super(`No response from the server${reason}`, { cause });
  }
}

/** Returns the error for a response that is not a success. */
export function problemOf(response: Response, options: ProblemErrorOptions): ProblemError {
  return response.status === 412
    ? new PreconditionFailedError(response, options)
    : new ProblemError(response, options);
}

/** Returns a member of an object; undefined for anything else. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

/** Returns a member of an object that is text; undefined for anything else. */
export function textOf(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : undefined;
}

function fieldErrors(list: unknown): readonly FieldError[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown) => {
    const [name, location, pointer] = [textOf(item, "name"), textOf(item, "in"), textOf(item, "pointer")];
    return {
      ...(name !== undefined && { name }),
      ...(location !== undefined && { in: location }),
      ...(pointer !== undefined && { pointer }),
      reason: textOf(item, "reason") ?? textOf(item, "detail") ?? "",
    };
  });
}

/** Returns the delay of `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3), in milliseconds. */
function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get("Retry-After")?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
