/** Outcome of an invocation, as the program posted it. */
export interface LambdaOutcome {
  readonly kind: "response" | "error";
  readonly headers: Headers;
  /** Body as posted. */
  readonly text: string;
  /** Whether the body ended before it was complete. */
  readonly isBroken: boolean;
}

/** Options of an invocation. */
export interface InvokeOptions {
  /** Time until the deadline, in milliseconds. @default 60_000 */
  readonly timeoutMs?: number;
  readonly traceId?: string;
  /** Status of the response to what the program posts. @default 202 */
  readonly status?: number;
}

interface PendingInvocation extends Required<Pick<InvokeOptions, "timeoutMs" | "status">> {
  readonly id: string;
  readonly body: string;
  readonly traceId: string | undefined;
  readonly outcome: PromiseWithResolvers<LambdaOutcome>;
}

/** Stand-in of the Runtime API of AWS Lambda, as its developer guide documents it. One program at a time uses it. */
export class LambdaRuntime implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();
  readonly #invocations = new Map<string, PendingInvocation>();
  readonly #initError = Promise.withResolvers<LambdaOutcome>();
  #queue: PendingInvocation[] = [];
  #waiting: ((invocation: PendingInvocation) => void) | undefined;
  #onWaiting: (() => void) | undefined;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, signal: this.#abort.signal, onListen: () => {} },
      (request) => this.#handle(request),
    );
  }

  /** Variables of a program that uses it. */
  get environment(): Readonly<Record<string, string>> {
    return { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${this.#server.addr.port}` };
  }

  /** Error that the program has posted because it could not start. */
  get initError(): Promise<LambdaOutcome> {
    return this.#initError.promise;
  }

  /** Passes an event to the program, and waits until it has posted the response. */
  invoke(
    event: unknown,
    { timeoutMs = 60_000, traceId, status = 202 }: InvokeOptions = {},
  ): Promise<LambdaOutcome> {
    const invocation: PendingInvocation = {
      id: crypto.randomUUID(),
      body: typeof event === "string" ? event : JSON.stringify(event),
      outcome: Promise.withResolvers(),
      ...{ timeoutMs, traceId, status },
    };
    this.#invocations.set(invocation.id, invocation);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#queue.push(invocation);
    else waiting(invocation);
    return invocation.outcome.promise;
  }

  /** Waits until the program asks for the next event. */
  async untilWaiting(): Promise<void> {
    if (this.#waiting !== undefined) return;
    await new Promise<void>((resolve) => this.#onWaiting = resolve);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#server.finished;
  }

  async #handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, action = "", id = "", outcome] =
      /^\/2018-06-01\/runtime\/(init|invocation)\/([^/]+)(?:\/(response|error))?$/.exec(pathname) ?? [];
    if (action === "init" && request.method === "POST") {
      this.#initError.resolve(await readOutcome(request, "error"));
      return accepted(202);
    }
    if (id === "next" && request.method === "GET") return await this.#next();
    const invocation = this.#invocations.get(id);
    if (invocation === undefined || outcome === undefined || request.method !== "POST") {
      return new Response(null, { status: 404 });
    }
    this.#invocations.delete(id);
    invocation.outcome.resolve(await readOutcome(request, outcome === "error" ? "error" : "response"));
    return accepted(invocation.status);
  }

  async #next(): Promise<Response> {
    const { id, body, traceId, timeoutMs } = this.#queue.shift() ??
      await new Promise<PendingInvocation>((resolve) => {
        this.#waiting = resolve;
        this.#onWaiting?.();
        this.#onWaiting = undefined;
      });
    const headers = new Headers({
      "Content-Type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": id,
      "Lambda-Runtime-Deadline-Ms": String(Date.now() + timeoutMs),
      "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:000000000000:function:test",
    });
    if (traceId !== undefined) headers.set("Lambda-Runtime-Trace-Id", traceId);
    return new Response(body, { headers });
  }
}

function accepted(status: number): Response {
  return Response.json({ status: "OK" }, { status });
}

async function readOutcome(request: Request, kind: LambdaOutcome["kind"]): Promise<LambdaOutcome> {
  let text = "";
  let isBroken = false;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of request.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    isBroken = true;
  }
  return { kind, headers: request.headers, text, isBroken };
}
