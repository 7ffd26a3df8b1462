/** Prefix of the Runtime API (AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"). */
const VERSION = "2018-06-01";

/** Event to be responded to. */
export interface Invocation {
  readonly id: string;
  /** Event; undefined if it is no JSON. */
  readonly event: unknown;
  /** Time at which Lambda ends the function, in milliseconds since the Unix epoch; undefined if it sent none. */
  readonly deadlineMs: number | undefined;
  /** Trace of the invocation, in the form of `X-Amzn-Trace-Id`. */
  readonly traceId: string | undefined;
}

/** Failure of the Runtime API, after which the program cannot go on. */
export class RuntimeApiError extends Error {
  override readonly name = "RuntimeApiError";
}

/** Error as Lambda reports it to who invoked the function. */
export interface ReportedError {
  /** Category and reason, such as "Runtime.UnknownEvent". */
  readonly type: string;
  readonly message: string;
}

/** Client of the Runtime API of AWS Lambda. */
export class RuntimeApi {
  readonly #base: string;

  /** @param address Host and port, as in AWS_LAMBDA_RUNTIME_API. */
  constructor(address: string) {
    this.#base = `http://${address}/${VERSION}/runtime`;
  }

  /**
   * Waits for the next event, without a limit: Lambda freezes the program meanwhile.
   *
   * @throws {RuntimeApiError} if there is none.
   */
  async next(signal: AbortSignal): Promise<Invocation> {
    const response = await this.#fetch("invocation/next", { signal });
    const text = await response.text().catch(() => "");
    const id = response.headers.get("Lambda-Runtime-Aws-Request-Id");
    if (!response.ok || id === null) {
      throw new RuntimeApiError(
        `The Runtime API responded to a request for the next event with ${response.status}`,
      );
    }
    const deadline = Number(response.headers.get("Lambda-Runtime-Deadline-Ms") ?? NaN);
    return {
      id,
      event: parseJson(text),
      deadlineMs: Number.isFinite(deadline) ? deadline : undefined,
      traceId: response.headers.get("Lambda-Runtime-Trace-Id") ?? undefined,
    };
  }

  /** Sends the response to an event, and returns the status of the Runtime API. */
  respond(id: string, payload: string): Promise<number> {
    return this.#post(`invocation/${id}/response`, payload, { "Content-Type": "application/json" });
  }

  /** Sends the response to an event while it is produced, and returns the status of the Runtime API. */
  stream(id: string, body: ReadableStream<Uint8Array>): Promise<number> {
    return this.#post(`invocation/${id}/response`, body, {
      "Content-Type": "application/vnd.awslambda.http-integration-response",
      "Lambda-Runtime-Function-Response-Mode": "streaming",
    });
  }

  /** Reports that an event failed. */
  fail(id: string, error: ReportedError): Promise<number> {
    return this.#report(`invocation/${id}/error`, error);
  }

  /** Reports that the program could not start. */
  failInit(error: ReportedError): Promise<number> {
    return this.#report("init/error", error);
  }

  #report(path: string, { type, message }: ReportedError): Promise<number> {
    const body = JSON.stringify({ errorMessage: message, errorType: type, stackTrace: [] });
    return this.#post(path, body, {
      "Content-Type": "application/json",
      "Lambda-Runtime-Function-Error-Type": type,
    });
  }

  async #post(
    path: string,
    body: string | ReadableStream<Uint8Array>,
    headers: Readonly<Record<string, string>>,
  ): Promise<number> {
    const response = await this.#fetch(path, { method: "POST", body, headers: { ...headers } });
    await response.body?.cancel();
    return response.status;
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.#base}/${path}`, init);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : "unknown error";
      throw new RuntimeApiError(`The Runtime API did not respond: ${reason}`, { cause });
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
