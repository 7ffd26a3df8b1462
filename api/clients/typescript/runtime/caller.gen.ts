// Code generated from tools/oapi_codegen/client/runtime/caller.ts; DO NOT EDIT.
import createClient, {
  type Client,
  createFinalURL,
  defaultPathSerializer,
  mergeHeaders,
  type Middleware,
} from "openapi-fetch";
import { type ParseAs, readBody, serializeBody } from "./body.gen.ts";
import { EntityTags, pathOf } from "./entity_tags.gen.ts";
import type { PageQuery } from "./pages.gen.ts";
import type { AnyPaths } from "./paths.gen.ts";
import { ConnectionError, problemOf } from "./problem_error.gen.ts";
import { retrying, type RetryOptions } from "./retry.gen.ts";

/** Options of a client. */
export interface ClientOptions {
  /** URL of the server, without the paths of the document. */
  readonly baseUrl: string;
  /** Access token, or a function that returns the current one for each call. @default none */
  readonly token?: string | (() => string | Promise<string>);
  /** Headers of every request. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default {} */
  readonly retry?: RetryOptions;
  /** Time limit of one request and its response, in milliseconds. @default none */
  readonly timeoutMs?: number;
  /** Sends a request. @default that of the platform */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Successful response. */
export interface ApiResult<Data> {
  /** Content; undefined without one. */
  readonly data: Data;
  readonly response: Response;
  /** Entity tag of the response. */
  readonly etag: string | undefined;
}

/** Traits of an operation for which the client sets headers. */
export interface OperationTraits {
  /** Path on the server, if it differs from that of the document. */
  readonly path?: string;
  /** Media type of the body, if that is not JSON. */
  readonly body?: string;
  /** Whether it takes the header If-Match; or the path of the resource whose tag that is, if it has another one. */
  readonly match?: true | string;
  /** Whether it takes the header Idempotency-Key. */
  readonly key?: true;
  /** Whether it takes the header Consistency-Token. */
  readonly token?: true;
}

/** Options of a call whose operation is not known to the compiler. */
export interface CallInit {
  readonly params?: {
    readonly query?: Readonly<Record<string, unknown>>;
    readonly header?: Readonly<Record<string, unknown>>;
    readonly path?: Readonly<Record<string, unknown>>;
  };
  readonly body?: unknown;
  readonly headers?: Parameters<typeof mergeHeaders>[0];
  readonly parseAs?: ParseAs;
  readonly signal?: AbortSignal | null;
  /** Query of a page, in place of `params.query`. */
  readonly query?: PageQuery;
}

/** Methods without a further effect when they are repeated (RFC 9110, section 9.2.2). */
const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];

/** Statuses without a body (Fetch standard, "null body status"). */
const WITHOUT_BODY = [204, 205, 304];

/** Sends the requests of a client, with the headers that it sets, until they succeed or fail for good. */
export class Caller {
  readonly etags: EntityTags = new EntityTags();
  consistencyToken: string | undefined = undefined;
  readonly #core: Client<AnyPaths>;
  readonly #operations: Readonly<Record<string, OperationTraits>>;
  readonly #options: ClientOptions;

  constructor(operations: Readonly<Record<string, OperationTraits>>, options: ClientOptions) {
    this.#operations = operations;
    this.#options = options;
    this.#core = createClient<AnyPaths>({ baseUrl: options.baseUrl });
  }

  use(...middleware: Middleware[]): void {
    this.#core.use(...middleware);
  }

  /**
   * Calls an operation.
   *
   * @throws {ProblemError} for a response that is not a success
   * @throws {ConnectionError} without a response
   */
  async call(method: string, path: string, init: CallInit = {}): Promise<ApiResult<unknown>> {
    const { body, parseAs } = init;
    const signal = init.signal ?? undefined;
    const traits = this.#operations[`${method} ${path}`] ?? {};
    const target = traits.path ?? path;
    const resource = this.#addressOf(typeof traits.match === "string" ? traits.match : target, init);
    const headers = await this.#headersOf(init, { traits, resource });
    const content = body === undefined ? undefined : serializeBody(body, headers.get("Content-Type"));
    // The platform adds the boundary.
    if (content instanceof FormData) headers.delete("Content-Type");
    const idempotencyKey = headers.get("Idempotency-Key") ?? undefined;
    const isIdempotent = IDEMPOTENT.includes(method) || idempotencyKey !== undefined;
    // A stream can be sent only once.
    const repeatable = isIdempotent && !(content instanceof ReadableStream);
    return await retrying(async (attempts) => {
      const { response, error } = await this.#send(method, target, {
        ...init,
        headers,
        body: content,
      });
      const hasBody = response.ok && method !== "HEAD" && !WITHOUT_BODY.includes(response.status);
      const data = hasBody ? await connected(() => readBody(response, parseAs), signal) : undefined;
      this.etags.learn({ method, path: resource, response, data, isAction: traits.match !== undefined });
      this.consistencyToken = response.headers.get("Consistency-Token") ?? this.consistencyToken;
      if (!response.ok) throw problemOf(response, { body: error, attempts });
      return { data, response, etag: response.headers.get("ETag") ?? undefined };
    }, { ...this.#options.retry, repeatable, idempotencyKey, signal });
  }

  /** Sends one request. The body of an error is read; that of a success is not. */
  async #send(
    method: string,
    path: string,
    { params = {}, body, query, signal, headers, parseAs: _parseAs, ...init }: CallInit,
  ): Promise<{ readonly response: Response; readonly error?: unknown }> {
    const { timeoutMs, fetch: send = (request: Request): Promise<Response> => fetch(request) } =
      this.#options;
    const signals = [signal ?? [], timeoutMs === undefined ? [] : AbortSignal.timeout(timeoutMs)].flat();
    return await this.#core.request(methodOf(method), path, {
      ...init,
      params: { path: { ...params.path }, query: { ...(typeof query === "object" ? query : params.query) } },
      ...(typeof query === "string" && { querySerializer: () => query }),
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body, bodySerializer: () => body }),
      ...(body instanceof ReadableStream && { duplex: "half" }),
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      parseAs: "stream",
      fetch: (request) => connected(() => readErrors(request, send), signal ?? undefined),
    });
  }

  async #headersOf(
    init: CallInit,
    { traits, resource }: { readonly traits: OperationTraits; readonly resource: string },
  ): Promise<Headers> {
    const { token, headers: common } = this.#options;
    const headers = mergeHeaders(common, init.headers, new Headers(textsOf(init.params?.header)));
    const set = (name: string, value: string | undefined): void => {
      if (value !== undefined && !headers.has(name)) headers.set(name, value);
    };
    if (token !== undefined) {
      set("Authorization", `Bearer ${typeof token === "string" ? token : await token()}`);
    }
    if (init.body !== undefined) set("Content-Type", traits.body ?? "application/json");
    if (traits.match) set("If-Match", this.etags.get(resource));
    if (traits.key) set("Idempotency-Key", newKey());
    if (traits.token) set("Consistency-Token", this.consistencyToken);
    return headers;
  }

  /** Returns the address of a resource without origin and query, which is the same for all of its methods. */
  #addressOf(path: string, { params }: CallInit): string {
    return pathOf(createFinalURL(path, {
      baseUrl: this.#options.baseUrl.replace(/\/$/, ""),
      params: { path: { ...params?.path } },
      querySerializer: () => "",
      pathSerializer: defaultPathSerializer,
    }));
  }
}

/** Runs a step that needs the connection. Its failure is a {@link ConnectionError}, unless the caller ended it. */
async function connected<T>(run: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (signal?.aborted || error instanceof SyntaxError) throw error;
    throw new ConnectionError(error);
  }
}

/** Sends a request and reads the body of an error, which is small and may be incomplete. */
async function readErrors(
  request: Request,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  const response = await send(request);
  if (response.ok || WITHOUT_BODY.includes(response.status)) return response;
  const { status, statusText, headers, url } = response;
  const read = new Response(await response.text(), { status, statusText, headers });
  return Object.defineProperty(read, "url", { value: url });
}

function textsOf(headers: Readonly<Record<string, unknown>> = {}): [string, string][] {
  return Object.entries(headers).filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);
}

/** Returns a random UUID (version 4), also on pages without TLS, where crypto.randomUUID is missing. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, index) =>
    (index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(
      2,
      "0",
    )
  ).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function methodOf(name: string): "get" | "put" | "post" | "delete" | "options" | "head" | "patch" {
  switch (name) {
    case "PUT":
      return "put";
    case "POST":
      return "post";
    case "DELETE":
      return "delete";
    case "OPTIONS":
      return "options";
    case "HEAD":
      return "head";
    case "PATCH":
      return "patch";
    default:
      return "get";
  }
}
