import { withoutCoding } from "../representation/coding_suffix.ts";
import { KNOWN_METHODS } from "../methods.ts";
import { Problem } from "../problem.ts";
import { checkOrigin, isPrivateHost } from "./host.ts";

/** Header fields that the server reads from every request, collected in one pass. */
export interface RequestFields {
  /** Size of all names and values, in bytes. */
  readonly bytes: number;
  readonly host: string | null;
  readonly accept: string | null;
  /** Must never be logged. */
  readonly authorization: string | null;
  readonly contentType: string | null;
  readonly contentLength: string | null;
  readonly contentEncoding: string | null;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
  readonly requestId: string | null;
  readonly transferEncoding: string | null;
  readonly expect: string | null;
  readonly traceParent: string | null;
  /** `X-Amzn-Trace-Id`. */
  readonly xrayTrace: string | null;
  /** Whether a browser sent it, for a page or a script: headers that only browsers obey concern no other client. */
  readonly isFromBrowser: boolean;
}

/** Begins the `User-Agent` of every browser, and cannot be changed for pages and what they embed. */
const BROWSER = "Mozilla/";

/**
 * Collects the header fields of a request. One pass with `forEach` also measures their size and is cheaper than five
 * lookups; iterators over `Headers` cost four times as much.
 */
export function readRequestFields(headers: Headers): RequestFields {
  let bytes = 0;
  let host = null;
  let accept = null;
  let authorization = null;
  let contentType = null;
  let contentLength = null;
  let contentEncoding = null;
  let ifMatch = null;
  let ifNoneMatch = null;
  let requestId = null;
  let transferEncoding = null;
  let expect = null;
  let traceParent = null;
  let xrayTrace = null;
  let isFromBrowser = false;
  headers.forEach((value, name) => {
    bytes += name.length + value.length;
    switch (name) {
      case "host":
        host = value;
        break;
      case "accept":
        accept = value;
        break;
      case "authorization":
        authorization = value;
        break;
      case "content-type":
        contentType = value;
        break;
      case "content-length":
        contentLength = value;
        break;
      case "content-encoding":
        contentEncoding = value;
        break;
      case "if-match":
        ifMatch = withoutCoding(value);
        break;
      case "if-none-match":
        ifNoneMatch = withoutCoding(value);
        break;
      case "x-request-id":
        requestId = value;
        break;
      case "transfer-encoding":
        transferEncoding = value;
        break;
      case "expect":
        expect = value;
        break;
      case "traceparent":
        traceParent = value;
        break;
      case "x-amzn-trace-id":
        xrayTrace = value;
        break;
      case "user-agent":
        isFromBrowser ||= value.includes(BROWSER);
        break;
      // Sent by browsers alone, over TLS and to their own machine (Fetch Metadata Request Headers).
      case "sec-fetch-mode":
        isFromBrowser = true;
        break;
    }
  });
  return {
    bytes,
    host,
    accept,
    authorization,
    contentType,
    contentLength,
    contentEncoding,
    ifMatch,
    ifNoneMatch,
    requestId,
    transferEncoding,
    expect,
    traceParent,
    xrayTrace,
    isFromBrowser,
  };
}

const REQUEST_ID = /^[A-Za-z0-9._~:/+=@-]{1,128}$/;

/** Returns the client's `X-Request-Id` if well formed (1 to 128 unreserved characters), else undefined. */
export function saneRequestId(text: string | null): string | undefined {
  return text !== null && REQUEST_ID.test(text) ? text : undefined;
}

/** Returns a new request ID: a random UUID, which is ten times cheaper than a sortable one (measured). */
export function newRequestId(): string {
  return crypto.randomUUID();
}

/** Size limits of a request. */
export interface Limits {
  /** Maximum length of the request target, in bytes. */
  readonly maxUrlBytes: number;
  /** Maximum size of all header fields, in bytes. */
  readonly maxHeaderBytes: number;
  /** Whether requests to public host names are rejected. */
  readonly privateHostsOnly: boolean;
}

// Caches the last host, because nearly all requests have the same one.
let lastHost: string | null | undefined;
let lastOrigin: string | undefined;
let isLastPrivate = false;

/** Transfer coding that the platform decodes; it passes others on undecoded (RFC 9112, section 6.1). */
const CHUNKED = /^\s*chunked\s*$/i;
/** Only expectation that is defined (RFC 9110, section 10.1.1). */
const CONTINUE = /^\s*100-continue\s*$/i;

/** Request line and headers. */
export interface RequestHead {
  readonly method: string;
  /** Size of the request target (path and query), in bytes. */
  readonly targetBytes: number;
  /** Scheme and authority of the request URL; undefined if the request has no authority. */
  readonly origin: string | undefined;
  /** Whether the target has a fragment, which clients must not send (RFC 9112, section 3.2). */
  readonly hasFragment: boolean;
  readonly fields: RequestFields;
}

/** Rejects requests that are invalid for any route: 501, 400 and 421 for the authority, 414, 417 and 431. */
export function checkLimits(head: RequestHead, limits: Limits): void {
  const { method, targetBytes, fields } = head;
  if (!KNOWN_METHODS.has(method)) {
    throw new Problem(501, "not-implemented", { detail: "The server does not support this request method" });
  }
  if (targetBytes > limits.maxUrlBytes) {
    throw new Problem(414, "uri-too-long", {
      detail: `The request target is longer than ${limits.maxUrlBytes} bytes`,
    });
  }
  const { bytes, transferEncoding, expect } = fields;
  if (bytes > limits.maxHeaderBytes) {
    throw new Problem(431, "headers-too-large", {
      detail: `The header fields are larger than ${limits.maxHeaderBytes} bytes`,
    });
  }
  if (transferEncoding !== null && !CHUNKED.test(transferEncoding)) {
    throw new Problem(501, "not-implemented", {
      detail: "The server supports no transfer coding but chunked",
      headers: { Connection: "close" },
    });
  }
  if (expect !== null && !CONTINUE.test(expect)) {
    throw new Problem(417, "expectation-failed", {
      detail: "The server supports no expectation but 100-continue",
    });
  }
  if (head.hasFragment) {
    throw new Problem(400, "malformed-request", {
      detail: "The request target has a fragment; omit it, or encode # as %23",
    });
  }
  // The target of CONNECT is the authority of another server; no route supports it.
  if (method !== "CONNECT") checkAuthority(head, limits);
}

function checkAuthority({ origin, fields: { host } }: RequestHead, limits: Limits): void {
  if (origin === undefined) {
    throw new Problem(400, "malformed-request", {
      detail: "The Host header is missing; send it with every request",
    });
  }
  if (host !== lastHost || origin !== lastOrigin) {
    isLastPrivate = isPrivateHost(checkOrigin(origin, host));
    lastHost = host;
    lastOrigin = origin;
  }
  if (limits.privateHostsOnly && !isLastPrivate) {
    throw new Problem(421, "misdirected-request", {
      detail: "The server accepts only IP addresses and local names in the Host header",
    });
  }
}
