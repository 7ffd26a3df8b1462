import type { UnitOfWork } from "../idempotency.ts";
import type { Peer } from "../listener.ts";
import type { Operation } from "../operation.ts";
import type { Principal, RequestContext } from "../request_context.ts";
import type { RateLimitFields } from "../rate_limit.ts";
import type { Deadline } from "./deadlines.ts";
import { newRequestId, readRequestFields, type RequestFields, saneRequestId } from "./request_head.ts";
import { Problem } from "../problem.ts";
import type { TrustedProxies } from "../addresses/trusted_proxies.ts";
import { parseTraceParent, parseXRayTrace } from "../trace_context.ts";

/** Origin of a request. */
export interface ExchangeOrigin {
  /** Public base URL of the server without a trailing slash; derived from the request if undefined. */
  readonly publicUrl?: string | undefined;
  /** Undefined if the request did not come over the network. */
  readonly peer?: Peer | undefined;
  /** Proxies whose forwarding headers are trusted; none if undefined. */
  readonly proxies?: TrustedProxies | undefined;
}

/** Returns the origin of a request without `Host`. Only HTTP/2 has another authority; for others it is made up. */
function originWithoutHost(
  origin: string,
  { internalAuthority, fallbackAuthority }: Peer,
): string | undefined {
  if (internalAuthority === undefined || !origin.endsWith(`//${internalAuthority}`)) return origin;
  const scheme = origin.slice(0, -internalAuthority.length);
  return fallbackAuthority === undefined ? undefined : scheme + fallbackAuthority;
}

/** Body of a request that a handler reads while it arrives. */
interface ArrivingBody {
  /** Whether the whole body has arrived, so that the connection can serve another request. */
  readonly hasEnded: boolean;
  /** Discards what has not been read; reading it fails from now on. */
  close(): void;
}

/** One request in processing, with what the server derives from it once. */
export class Exchange implements RequestContext {
  readonly requestId: string;
  readonly method: string;
  readonly fields: RequestFields;
  /** Size of the request target (path and query), in bytes. */
  readonly targetBytes: number;
  /** Path as sent, percent-encoded. */
  readonly path: string;
  /** Query as sent, without "?"; empty if absent. */
  readonly query: string;
  /** Whether the server generated the request ID; clients may reuse theirs. */
  readonly ownRequestId: boolean;
  /** Set after successful authentication. */
  principal: Principal | undefined = undefined;
  /** Whether shared caches must not store the response, although the request has no Authorization header. */
  isPrivate = false;
  /** Remaining rate limit; undefined if unlimited. */
  rateLimit: RateLimitFields | undefined = undefined;
  /** Path template of the route, e.g. "/v1/profiles/{id}"; empty until routed. */
  route = "";
  /** Name of the operation, if the route serves several whose names are bounded. */
  operationName: string | undefined = undefined;
  /** Slug of the problem in the response, if any. */
  problem: string | undefined = undefined;
  /** Body of the response, unless it is a stream. */
  body: string | Uint8Array | undefined = undefined;
  /** Deadline of the request until its response is ready. */
  deadline: Deadline | undefined = undefined;
  /** Time in which the response must be ready, if shorter than the server's timeout, in milliseconds. */
  respondWithinMs: number | undefined = undefined;
  /** Whether the response to HEAD has no length, because that to GET is a stream. */
  hasUnknownLength = false;
  /** Body that the handler reads while it arrives, if any. */
  incoming: ArrivingBody | undefined = undefined;
  /** Called with the bytes of the body, once it is read as a whole. */
  onBody: ((bytes: Uint8Array) => void) | undefined = undefined;
  /** Set while the handler of an operation with an `Idempotency-Key` runs. */
  unit: UnitOfWork | undefined = undefined;
  /** Whether the response is the stored one of an earlier request with the same `Idempotency-Key`. */
  replayed = false;
  /** Name under which outcomes of the operation are counted, e.g. "payments"; not counted if undefined. */
  countedAs: string | undefined = undefined;
  /** Fields of its log line beside those of every request. */
  notes: Readonly<Record<string, string | number>> | undefined = undefined;
  /** Deprecated operation that the request uses, if any. */
  deprecated: Pick<Operation, "deprecation" | "operationId"> | undefined = undefined;
  /** Trace ID of the span recorded for the request, if any. */
  ownTraceId: string | undefined = undefined;
  /** Span recorded for the request as a `traceparent`, if any. */
  ownTraceParent: string | undefined = undefined;
  readonly origin: string | undefined;
  readonly hasFragment: boolean;
  readonly #publicUrl: string | undefined;
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
    this.hasFragment = end !== -1 || (start === -1 && url.includes("#"));
    const origin = start === -1 ? url : url.slice(0, start);
    this.origin = this.fields.host === null && peer !== undefined ? originWithoutHost(origin, peer) : origin;
    this.#publicUrl = publicUrl;
    this.#peer = peer;
    this.#proxies = proxies;
    const clientId = saneRequestId(this.fields.requestId);
    this.requestId = clientId ?? newRequestId();
    this.ownRequestId = clientId === undefined;
  }

  /**
   * Address of the client, behind trusted proxies the forwarded one. Undefined if the request did not come over the
   * network.
   */
  get clientAddress(): string | undefined {
    const address = this.peerAddress;
    if (address === undefined) return undefined;
    // A proxy that names clients in the PROXY protocol passes on the headers that they send.
    if (this.#proxies === undefined || this.#peer?.isAnonymous === true) return address;
    return this.#clientAddress ??= this.#proxies.clientOf(address, this.request.headers);
  }

  /** Whether a trusted proxy sent the request and named its client, so that what it adds can be believed. */
  get isFromTrustedProxy(): boolean {
    const address = this.peerAddress;
    return address !== undefined && this.#peer?.isAnonymous !== true &&
      this.#proxies?.includes(address) === true;
  }

  /** Address of the other end of the connection, whatever proxies forward. Available until the response is sent. */
  get peerAddress(): string | undefined {
    const peer = this.#peer?.remoteAddr.hostname;
    // IPv4 client of a dual-stack socket (RFC 4291, section 2.5.5.2).
    return peer?.startsWith("::ffff:") ? peer.slice("::ffff:".length) : peer;
  }

  get url(): URL {
    if (this.#url === undefined) {
      const target = this.query === "" ? this.path : `${this.path}?${this.query}`;
      const url = URL.parse(`${this.#publicUrl ?? this.origin}${target}`);
      if (url === null) {
        throw new Problem(400, "malformed-request", { detail: "The Host header is invalid" });
      }
      this.#url = url;
    }
    return this.#url;
  }

  /** Trace ID, 32 hexadecimal digits: of the recorded span, else of the client's trace. */
  get traceId(): string | undefined {
    if (this.ownTraceId !== undefined) return this.ownTraceId;
    const { traceParent, xrayTrace } = this.fields;
    // Most requests have neither.
    if (traceParent === null && xrayTrace === null) return undefined;
    return (parseTraceParent(traceParent) ?? parseXRayTrace(xrayTrace))?.traceId;
  }

  get traceParent(): string | undefined {
    if (this.ownTraceParent !== undefined) return this.ownTraceParent;
    const header = this.fields.traceParent;
    return header !== null && parseTraceParent(header) !== undefined ? header : undefined;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#makeController();
    return this.#controller.signal;
  }

  /** Lets the client send the body, if it waits for that. */
  permitBody(): void {
    this.#peer?.permitBody?.();
  }

  /** Aborts {@link signal} from now on when the client disconnects. Watching is costly for a short request. */
  watchClient(): void {
    const client = this.request.signal;
    if (client.aborted) this.abort(client.reason);
    else client.addEventListener("abort", () => this.abort(client.reason), { once: true });
  }

  /** Whether the response is no longer needed, because of the deadline or the client. */
  get hasEnded(): boolean {
    return this.#endedBy !== undefined;
  }

  /** Aborts {@link signal} because the response is no longer needed. */
  abort(reason: unknown): void {
    this.#endedBy ??= { reason };
    this.incoming?.close();
    this.#controller?.abort(reason);
  }

  #makeController(): AbortController {
    const controller = new AbortController();
    if (this.#endedBy !== undefined) controller.abort(this.#endedBy.reason);
    return controller;
  }
}
