/** One error of a request, named so that a client can show it next to the field. */
export interface InvalidParam {
  /** The parameter's name, or the body member's. */
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie" | "body";
  /** JSON Pointer into the body (RFC 6901); absent for parameters. */
  readonly pointer?: string;
  /** What is wrong with it, in words, without the value. */
  readonly reason: string;
}

/** The parts of a problem that differ from one occurrence to the next. */
export interface ProblemOptions {
  /** What happened this time; never the client's input, SQL, a path or a stack. */
  readonly detail?: string;
  readonly invalidParams?: readonly InvalidParam[];
  /** Headers of the answer, e.g. `{ "Retry-After": "1" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What caused it; logged, never sent. */
  readonly cause?: unknown;
}

/**
 * An error that is answered as `application/problem+json` (RFC 9457). `slug` names the problem type, registered
 * by the server or by an {@link ApiModule}; the server adds `instance`, `requestId` and the rest.
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
