import type { S3Config } from "../export_config.ts";

/** Fault of the next request that matches: a status without effect, or an effect without a response. */
export interface StoreFault {
  readonly matches: (request: Request) => boolean;
  readonly kind: number | "lost response";
}

/** Object store in memory with the protocol of S3: conditional writes, and lists in pages of two keys. */
export class MemoryStore implements AsyncDisposable {
  readonly objects = new Map<string, { readonly body: Uint8Array<ArrayBuffer>; readonly tag: string }>();
  /** Methods and paths of all requests. */
  readonly requests: string[] = [];
  readonly faults: StoreFault[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #tags = 0;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#respond(request));
  }

  get config(): S3Config {
    return {
      endpoint: new URL(`http://127.0.0.1:${this.#server.addr.port}`),
      ...{ region: "us-east-1", accessKeyId: "key", secretAccessKey: "secret", sessionToken: undefined },
    };
  }

  async #respond(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const key = decodeURIComponent(pathname.slice(1));
    this.requests.push(`${request.method} ${key}`);
    const index = this.faults.findIndex(({ matches }) => matches(request));
    const [fault] = index < 0 ? [] : this.faults.splice(index, 1);
    const isSigned = (request.headers.get("Authorization") ?? "").startsWith(
      "AWS4-HMAC-SHA256 Credential=key/",
    );
    if (!isSigned) return refusal(403, "AccessDenied");
    if (typeof fault?.kind === "number") return refusal(fault.kind, "SlowDown");
    const response = searchParams.has("list-type")
      ? this.#list(searchParams)
      : await this.#object(request, key);
    // What a client sees whose connection is lost, as far as it repeats the request.
    return fault === undefined ? response : refusal(500, "InternalError");
  }

  async #object(request: Request, key: string): Promise<Response> {
    const found = this.objects.get(key);
    if (request.method === "DELETE") {
      this.objects.delete(key);
      return new Response(null, { status: 204 });
    }
    if (request.method === "GET") {
      return found === undefined
        ? refusal(404, "NoSuchKey")
        : new Response(found.body, { headers: { ETag: found.tag } });
    }
    const body = new Uint8Array(await request.arrayBuffer());
    const match = request.headers.get("If-Match");
    if (request.headers.get("If-None-Match") === "*" && found !== undefined) {
      return refusal(412, "PreconditionFailed");
    }
    if (match !== null && match !== found?.tag) return refusal(412, "PreconditionFailed");
    const tag = `"${++this.#tags}"`;
    this.objects.set(key, { body, tag });
    return new Response(null, { headers: { ETag: tag } });
  }

  #list(query: URLSearchParams): Response {
    const prefix = `lake/${query.get("prefix") ?? ""}`;
    const after = query.get("continuation-token") ?? "";
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    const page = keys.slice(0, 2);
    const next = keys.length > page.length
      ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>`
      : "";
    const contents = page.map((key) => `<Contents><Key>${key.slice("lake/".length)}</Key></Contents>`).join(
      "",
    );
    return new Response(`<ListBucketResult>${next}${contents}</ListBucketResult>`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function refusal(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code></Error>`, { status });
}
