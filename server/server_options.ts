import type { MiddlewareHandler } from "@hono/hono";
import type { AdmissionOptions } from "./admission/admission.ts";
import type { ApiModule } from "./api_module.ts";
import type { CorsOptions } from "./security/cors.ts";
import type { Exchange } from "./request/exchange.ts";
import type { ReadinessCheck } from "./health.ts";
import type { Idempotency } from "./idempotency.ts";
import { type Logger, SILENT_LOGGER } from "./logger.ts";
import type { RateLimitOptions } from "./rate_limit.ts";
import type { RequestObserver } from "./request_observer.ts";
import type { ProgramFacts } from "./pages/landing_page.ts";
import type { TlsFiles } from "./tls.ts";
import type { Authenticator, CredentialAuthenticator } from "./security/authenticator.ts";
import type { TrustedProxies } from "./addresses/trusted_proxies.ts";

/** Environment of Hono middleware; `c.env` is the exchange, with the request ID, URL and signal. */
export interface PipelineEnv {
  Bindings: Exchange;
}

/** Options of a graceful stop. */
export interface DrainOptions {
  /**
   * Time during which `/readyz` reports not ready while requests are still served, in milliseconds.
   * @default {0}
   */
  readonly waitMs?: number;
  /**
   * Maximum time for requests in flight to finish after that, in milliseconds.
   * @default {10_000}
   */
  readonly timeoutMs?: number;
}

/** Limits of client connections. */
export interface ConnectionLimitOptions {
  /**
   * Maximum idle time of a connection between a response and the next request, in milliseconds.
   * @default {75_000}
   */
  readonly idleMs?: number;
  /**
   * Maximum number of concurrent connections; beyond it, the longest-idle connection is closed.
   * @default {5000}
   */
  readonly maxConnections?: number;
  /**
   * Maximum number of concurrent connections from one address; 0 for no separate limit.
   * @default {0}
   */
  readonly maxConnectionsPerAddress?: number;
}

/** Options of TLS termination. */
export interface TlsOptions extends TlsFiles {
  /**
   * Interval between reads of the files, in milliseconds.
   * @default {10_000}
   */
  readonly rereadMs?: number;
}

/** Configuration of a server, set by {@link ServerOption}s. */
export interface ServerOptions {
  readTimeoutMs: number;
  writeTimeoutMs: number;
  heartbeatMs: number;
  maxBodyBytes: number;
  maxUrlBytes: number;
  maxHeaderBytes: number;
  privateHostsOnly: boolean;
  /** Minimum size of a compressed body, in bytes; compression is disabled if 0. */
  compressMinBytes: number;
  validateResponses: boolean;
  /** Whether the OpenAPI documents are served. */
  documents: boolean;
  /** Pages for browsers beside those of problem types; none if undefined. */
  pages: PageOptions | undefined;
  /** Verifies bearer tokens. Without this and the next one, authentication is disabled. */
  authenticator: Authenticator | undefined;
  /** Verifies passwords and API keys. */
  credentialAuthenticator: CredentialAuthenticator | undefined;
  /** Header in which trusted proxies name the subject of a client's certificate; undefined if none do. */
  certificateHeader: string | undefined;
  publicUrl: string | undefined;
  /** Cross-origin access is disabled if undefined. */
  cors: CorsOptions | undefined;
  /** Rate limits are disabled if undefined. */
  rateLimit: RateLimitOptions | undefined;
  /** Operations that require an `Idempotency-Key` cannot be mounted if undefined. */
  idempotency: Idempotency | undefined;
  /** Forwarding headers are ignored if undefined. */
  trustedProxies: TrustedProxies | undefined;
  /** Whether trusted proxies send a header of the PROXY protocol; only with connection limits. */
  proxyProtocol: boolean;
  /** Connection limits are disabled if undefined. */
  connectionLimits: Required<ConnectionLimitOptions> | undefined;
  /** Load shedding is disabled if undefined. */
  admission: AdmissionOptions | undefined;
  /** Plain HTTP if undefined. */
  tls: Required<TlsOptions> | undefined;
  drain: Required<DrainOptions>;
  /** Whether other processes listen on the same address. */
  reusePort: boolean;
  logger: Logger;
  readonly modules: ApiModule[];
  readonly readiness: ReadinessCheck[];
  readonly observers: RequestObserver[];
  readonly middlewares: MiddlewareHandler<PipelineEnv>[];
}

/** Pages for browsers. */
export interface PageOptions {
  /** Facts for the landing page `/`; not served if undefined. */
  readonly landing: ProgramFacts | undefined;
  /** Whether the API reference `/docs` is served. */
  readonly reference: boolean;
  /** Returns an access token for development; undefined outside development. */
  readonly token?: (() => Promise<string>) | undefined;
}

/** Sets an option; created by the `with…` functions. */
export type ServerOption = (settings: ServerOptions) => void;

/** Applies options to the defaults. */
export function applyOptions(options: readonly ServerOption[]): ServerOptions {
  const settings: ServerOptions = {
    readTimeoutMs: 30_000,
    writeTimeoutMs: 30_000,
    heartbeatMs: 15_000,
    maxBodyBytes: 1_048_576,
    maxUrlBytes: 8_192,
    maxHeaderBytes: 16_384,
    privateHostsOnly: false,
    compressMinBytes: 0,
    validateResponses: false,
    documents: true,
    pages: undefined,
    authenticator: undefined,
    credentialAuthenticator: undefined,
    certificateHeader: undefined,
    publicUrl: undefined,
    cors: undefined,
    rateLimit: undefined,
    idempotency: undefined,
    trustedProxies: undefined,
    proxyProtocol: false,
    connectionLimits: undefined,
    admission: undefined,
    tls: undefined,
    drain: { waitMs: 0, timeoutMs: 10_000 },
    reusePort: false,
    logger: SILENT_LOGGER,
    modules: [],
    readiness: [],
    observers: [],
    middlewares: [],
  };
  for (const option of options) option(settings);
  return settings;
}

/**
 * Sets the maximum time to receive a request body, in milliseconds; then 408. With connection limits it also applies to
 * the headers.
 *
 * @default {30_000}
 */
export function withReadTimeout(ms: number): ServerOption {
  return (settings) => void (settings.readTimeoutMs = ms);
}

/**
 * Sets the maximum duration of a request, in milliseconds; then 503, and its signal aborts.
 *
 * @default {30_000}
 */
export function withWriteTimeout(ms: number): ServerOption {
  return (settings) => void (settings.writeTimeoutMs = ms);
}

/**
 * Sets the time after which an idle event stream sends a comment, in milliseconds, so that intermediaries keep its
 * connection.
 *
 * @default {15_000}
 */
export function withHeartbeat(ms: number): ServerOption {
  return (settings) => void (settings.heartbeatMs = ms);
}

/** Mounts an API. */
export function withApi(module: ApiModule): ServerOption {
  return (settings) => void settings.modules.push(module);
}

/** Adds a check to `/readyz`. */
export function withReadiness(check: ReadinessCheck): ServerOption {
  return (settings) => void settings.readiness.push(check);
}

/** Sets the base URL for clients, e.g. "https://api.example.com", used in `context.url`. */
export function withPublicUrl(url: string): ServerOption {
  return (settings) => void (settings.publicUrl = url.replace(/\/+$/, ""));
}

/** Limits connections and closes slow ones; for servers without a protecting reverse proxy. */
export function withConnectionLimits(limits: ConnectionLimitOptions = {}): ServerOption {
  const defaults = { idleMs: 75_000, maxConnections: 5000, maxConnectionsPerAddress: 0 };
  return (settings) => void (settings.connectionLimits = { ...defaults, ...limits });
}

/** Sheds load with 503 when requests would wait too long. Health checks are always admitted. */
export function withAdmission(admission: AdmissionOptions): ServerOption {
  return (settings) => void (settings.admission = admission);
}

/** Serves TLS, with HTTP/2 and HTTP/1.1. */
export function withTls(tls: TlsOptions): ServerOption {
  return (settings) => void (settings.tls = { rereadMs: 10_000, ...tls });
}

/**
 * Sets the maximum size of a body in bytes, unless the document specifies one; then 413.
 *
 * @default {1_048_576}
 */
export function withMaxBodyBytes(bytes: number): ServerOption {
  return (settings) => void (settings.maxBodyBytes = bytes);
}

/**
 * Sets the maximum length of the request target in bytes; then 414.
 *
 * @default {8_192}
 */
export function withMaxUrlBytes(bytes: number): ServerOption {
  return (settings) => void (settings.maxUrlBytes = bytes);
}

/**
 * Sets the maximum size of the headers in bytes of names and values; then 431.
 *
 * @default {16_384}
 */
export function withMaxHeaderBytes(bytes: number): ServerOption {
  return (settings) => void (settings.maxHeaderBytes = bytes);
}

/**
 * Rejects requests to public host names with 421. For a server without authentication on this machine, which web pages
 * in local browsers must not reach (DNS rebinding).
 */
export function withPrivateHostsOnly(): ServerOption {
  return (settings) => void (settings.privateHostsOnly = true);
}

/**
 * Sets the size in bytes from which the bodies of responses are compressed for clients that accept gzip; 0 disables it.
 *
 * @default {0}
 */
export function withCompression(minBytes: number): ServerOption {
  return (settings) => void (settings.compressMinBytes = minBytes);
}

/** Sets whether responses are validated against the document before they are sent. For tests and development. */
export function withResponseValidation(enabled: boolean): ServerOption {
  return (settings) => void (settings.validateResponses = enabled);
}

/**
 * Sets whether the OpenAPI documents and their lists are served, to everyone.
 *
 * @default {true}
 */
export function withDocuments(enabled: boolean): ServerOption {
  return (settings) => void (settings.documents = enabled);
}

/** Serves pages for browsers: the landing page and the API reference. */
export function withPages(pages: PageOptions): ServerOption {
  return (settings) => void (settings.pages = pages);
}

/**
 * Enforces the security requirements of the documents, with bearer tokens. Without any authenticator, authentication is
 * disabled: all operations are public, and requests have no principal.
 */
export function withAuthenticator(authenticator: Authenticator): ServerOption {
  return (settings) => void (settings.authenticator = authenticator);
}

/**
 * Enforces the security requirements of the documents, with passwords and API keys. With one authenticator alone,
 * credentials of the other kinds are invalid.
 */
export function withCredentialAuthenticator(authenticator: CredentialAuthenticator): ServerOption {
  return (settings) => void (settings.credentialAuthenticator = authenticator);
}

/**
 * Sets the header in which trusted proxies name the subject of the client certificate that they verified. They must
 * remove the header from the requests of clients.
 */
export function withCertificateHeader(name: string): ServerOption {
  return (settings) => void (settings.certificateHeader = name);
}

/** Enables cross-origin access. */
export function withCors(cors: CorsOptions): ServerOption {
  return (settings) => void (settings.cors = cors);
}

/** Limits the rate of requests; then 429. */
export function withRateLimit(rateLimit: RateLimitOptions): ServerOption {
  return (settings) => void (settings.rateLimit = rateLimit);
}

/**
 * Runs operations once per `Idempotency-Key` and replays the first response. Without it, operations that require a key
 * cannot be mounted.
 */
export function withIdempotency(idempotency: Idempotency): ServerOption {
  return (settings) => void (settings.idempotency = idempotency);
}

/** Trusts the forwarding headers of these proxies. */
export function withTrustedProxies(proxies: TrustedProxies): ServerOption {
  return (settings) => void (settings.trustedProxies = proxies);
}

/**
 * Expects a header of the PROXY protocol, version 1 or 2, on each connection from a trusted proxy. Requires connection
 * limits.
 */
export function withProxyProtocol(): ServerOption {
  return (settings) => void (settings.proxyProtocol = true);
}

/** Listens beside other processes on the same address, among which Linux spreads connections (SO_REUSEPORT). */
export function withReusePort(): ServerOption {
  return (settings) => void (settings.reusePort = true);
}

/** Configures the graceful stop. */
export function withDrain(drain: DrainOptions): ServerOption {
  return (settings) => void (settings.drain = { ...settings.drain, ...drain });
}

/** Sets the logger. */
export function withLogger(logger: Logger): ServerOption {
  return (settings) => void (settings.logger = logger);
}

/** Adds an observer of all requests and responses; the first one added is the outermost. */
export function withObserver(observer: RequestObserver): ServerOption {
  return (settings) => void settings.observers.push(observer);
}

/** Adds a Hono middleware between the limits and the routes; errors it throws become problems. */
export function withMiddleware(middleware: MiddlewareHandler<PipelineEnv>): ServerOption {
  return (settings) => void settings.middlewares.push(middleware);
}
