/** One validation error of a request, in a form that clients can show next to the field. */
export interface InvalidParam {
  /** Name of the parameter or body property. */
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie" | "body";
  /** JSON Pointer into the body (RFC 6901); absent for parameters. */
  readonly pointer?: string;
  /** Description of the error, without the value. */
  readonly reason: string;
}

/** Properties of a problem that differ between occurrences. */
export interface ProblemOptions {
  /** Explanation of this occurrence; never the client's input, SQL, a path or a stack. */
  readonly detail?: string;
  readonly invalidParams?: readonly InvalidParam[];
  /** Additional response headers, e.g. `{ "Retry-After": "1" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Underlying error; logged, never sent. */
  readonly cause?: unknown;
}

/**
 * Error that becomes an `application/problem+json` response (RFC 9457). `slug` names the problem type, registered by
 * the server or by an {@link ApiModule}; the server adds `instance`, `requestId` and the rest.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly detail: string | undefined;
  readonly invalidParams: readonly InvalidParam[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly slug: string,
    options: ProblemOptions = {},
  ) {
    super(options.detail ?? slug, "cause" in options ? { cause: options.cause } : undefined);
    this.detail = options.detail;
    this.invalidParams = options.invalidParams;
    this.headers = options.headers ?? {};
  }
}
