import type { UnitOfWork } from "../idempotency.ts";
import type { Peer } from "../listener.ts";
import type { Principal, RequestContext } from "../request_context.ts";
import type { RateLimitFields } from "../rate_limit.ts";
import { newRequestId, readRequestFields, type RequestFields, saneRequestId } from "./request_head.ts";
import { Problem } from "../problem.ts";
import type { TrustedProxies } from "../addresses/trusted_proxies.ts";
import { parseTraceParent, parseXRayTrace } from "../trace_context.ts";

/** Where a request comes from. */
export interface ExchangeOrigin {
  /** What clients call the server, without a slash at its end; undefined: what the request says. */
  readonly publicUrl?: string | undefined;
  /** Undefined: it came over no network. */
  readonly peer?: Peer | undefined;
  /** Undefined: forwarded addresses are not believed. */
  readonly proxies?: TrustedProxies | undefined;
}

/** One request on its way, with what the server found out about it once. */
export class Exchange implements RequestContext {
  readonly requestId: string;
  readonly method: string;
  readonly fields: RequestFields;
  /** The bytes of the request target: path and query. */
  readonly targetBytes: number;
  /** The path as it was sent, percent-encoded. */
  readonly path: string;
  /** The query as it was sent, without its "?"; empty when there is none. */
  readonly query: string;
  /** Whether the server made the request id; a client may send one id with many requests. */
  readonly ownRequestId: boolean;
  /** Set once the credentials were found good, before anything reads it. */
  principal: Principal | undefined = undefined;
  /** What its client may still ask for; undefined: as much as it likes. */
  rateLimit: RateLimitFields | undefined = undefined;
  /** The template of the path that serves it, e.g. "/v1/profiles/{id}"; empty while none was found. */
  route = "";
  /** The problem that it was answered with, by its slug. */
  problem: string | undefined = undefined;
  /** The body that it was answered with, where that is not a stream. */
  body: string | Uint8Array | undefined = undefined;
  /** Set while its handler runs, where an `Idempotency-Key` makes its work and its answer one. */
  unit: UnitOfWork | undefined = undefined;
  /** Whether it was answered with what an earlier request with its `Idempotency-Key` was answered. */
  replayed = false;
  /** What its operation is counted as by its outcome, e.g. "payments"; undefined: it is not. */
  countedAs: string | undefined = undefined;
  /** The trace whose span is made for it; undefined: none. */
  ownTraceId: string | undefined = undefined;
  /** The span that is made for it, as a `traceparent`; undefined: none. */
  ownTraceParent: string | undefined = undefined;
  readonly #origin: string;
  readonly #peer: Peer | undefined;
  readonly #proxies: TrustedProxies | undefined;
  #clientAddress: string | undefined;
  #url: URL | undefined;
  #controller: AbortController | undefined;
  #endedBy: { readonly reason: unknown } | undefined;

  constructor(readonly request: Request, { publicUrl, peer, proxies }: ExchangeOrigin = {}) {
    const url = request.url;
    const start = url.indexOf("/", url.indexOf("://") + 3);
    const end = url.indexOf("#", start);
    const target = start === -1 ? "" : url.slice(start, end === -1 ? undefined : end);
    const question = target.indexOf("?");
    this.method = request.method;
    this.fields = readRequestFields(request.headers);
    this.targetBytes = target.length;
    this.path = question === -1 ? target : target.slice(0, question);
    this.query = question === -1 ? "" : target.slice(question + 1);
    this.#origin = publicUrl ?? (start === -1 ? url : url.slice(0, start));
    this.#peer = peer;
    this.#proxies = proxies;
    const given = saneRequestId(this.fields.requestId);
    this.requestId = given ?? newRequestId();
    this.ownRequestId = given === undefined;
  }

  /**
   * The address that it comes from: of its connection, or, where that is a trusted proxy's, what the proxy says.
   * Undefined: it came over no network.
   */
  get clientAddress(): string | undefined {
    const peer = this.#peer?.remoteAddr.hostname;
    if (peer === undefined) return undefined;
    // An IPv4 client of a socket that takes both (RFC 4291, section 2.5.5.2).
    const address = peer.startsWith("::ffff:") ? peer.slice("::ffff:".length) : peer;
    if (this.#proxies === undefined) return address;
    return this.#clientAddress ??= this.#proxies.clientOf(address, this.request.headers);
  }

  get url(): URL {
    if (this.#url === undefined) {
      const target = this.query === "" ? this.path : `${this.path}?${this.query}`;
      const url = URL.parse(this.#origin + target);
      if (url === null) {
        throw new Problem(400, "malformed-request", { detail: "The Host header is invalid" });
      }
      this.#url = url;
    }
    return this.#url;
  }

  /** The trace it belongs to, 32 hexadecimal digits: the one it is recorded in, else the one its client named. */
  get traceId(): string | undefined {
    if (this.ownTraceId !== undefined) return this.ownTraceId;
    const { headers } = this.request;
    const traceParent = headers.get("traceparent");
    const xray = headers.get("x-amzn-trace-id");
    // Most requests name none.
    if (traceParent === null && xray === null) return undefined;
    return (parseTraceParent(traceParent) ?? parseXRayTrace(xray))?.traceId;
  }

  get traceParent(): string | undefined {
    if (this.ownTraceParent !== undefined) return this.ownTraceParent;
    const header = this.request.headers.get("traceparent");
    return header !== null && parseTraceParent(header) !== undefined ? header : undefined;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#makeController();
    return this.#controller.signal;
  }

  /** From now on {@link signal} aborts too when the client leaves. Asking the platform to tell costs a request dearly. */
  watchClient(): void {
    const client = this.request.signal;
    if (client.aborted) this.abort(client.reason);
    else client.addEventListener("abort", () => this.abort(client.reason), { once: true });
  }

  /** Aborts {@link signal}: nobody waits for the answer any more. */
  abort(reason: unknown): void {
    this.#endedBy ??= { reason };
    this.#controller?.abort(reason);
  }

  #makeController(): AbortController {
    const controller = new AbortController();
    if (this.#endedBy !== undefined) controller.abort(this.#endedBy.reason);
    return controller;
  }
}
