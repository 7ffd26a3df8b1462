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
import type { TlsFiles } from "./tls.ts";
import type { Authenticator } from "./security/authenticator.ts";
import type { TrustedProxies } from "./addresses/trusted_proxies.ts";

/** What Hono's middleware finds in `c.env`: the exchange, with the request's id, URL and signal. */
export interface PipelineEnv {
  Bindings: Exchange;
}

/** How a server stops. */
export interface DrainOptions {
  /**
   * How long `/readyz` tells to send no more requests while they are still served, in milliseconds.
   * @default {0}
   */
  readonly waitMs?: number;
  /**
   * How long requests in flight may take after that, in milliseconds.
   * @default {10_000}
   */
  readonly timeoutMs?: number;
}

/** How many clients a guard lets in, and how long they may ask for nothing. */
export interface ConnectionLimitOptions {
  /**
   * How long a connection may stay between an answer and the next request, in milliseconds.
   * @default {75_000}
   */
  readonly idleMs?: number;
  /**
   * Connections at the same time; beyond that, who has asked for nothing for the longest makes room.
   * @default {5000}
   */
  readonly maxConnections?: number;
  /**
   * Connections at the same time from one address; 0: as many as in all.
   * @default {0}
   */
  readonly maxConnectionsPerAddress?: number;
}

/** Where TLS is ended by this program. */
export interface TlsOptions extends TlsFiles {
  /**
   * How often the files are read again, in milliseconds.
   * @default {10_000}
   */
  readonly rereadMs?: number;
}

/** Everything that can be set; changed by {@link ServerOption}s only. */
export interface ServerOptions {
  readTimeoutMs: number;
  writeTimeoutMs: number;
  maxBodyBytes: number;
  maxUrlBytes: number;
  maxHeaderBytes: number;
  privateHostsOnly: boolean;
  validateResponses: boolean;
  /** Undefined: authentication is off. */
  authenticator: Authenticator | undefined;
  publicUrl: string | undefined;
  /** Undefined: scripts of other origins may read nothing. */
  cors: CorsOptions | undefined;
  /** Undefined: clients may ask for as much as they like. */
  rateLimit: RateLimitOptions | undefined;
  /** Undefined: no operation may require an `Idempotency-Key`. */
  idempotency: Idempotency | undefined;
  /** Undefined: forwarded addresses are not believed. */
  trustedProxies: TrustedProxies | undefined;
  /** Undefined: clients may take as long as they like to ask. */
  connectionLimits: Required<ConnectionLimitOptions> | undefined;
  /** Undefined: everybody is let in. */
  admission: AdmissionOptions | undefined;
  /** Undefined: plain HTTP. */
  tls: Required<TlsOptions> | undefined;
  drain: Required<DrainOptions>;
  logger: Logger;
  readonly modules: ApiModule[];
  readonly readiness: ReadinessCheck[];
  readonly observers: RequestObserver[];
  readonly middlewares: MiddlewareHandler<PipelineEnv>[];
}

/** Sets something; made by the `with…` functions. */
export type ServerOption = (settings: ServerOptions) => void;

/** The settings that the options make of the defaults. */
export function applyOptions(options: readonly ServerOption[]): ServerOptions {
  const settings: ServerOptions = {
    readTimeoutMs: 30_000,
    writeTimeoutMs: 30_000,
    maxBodyBytes: 1_048_576,
    maxUrlBytes: 8_192,
    maxHeaderBytes: 16_384,
    privateHostsOnly: false,
    validateResponses: false,
    authenticator: undefined,
    publicUrl: undefined,
    cors: undefined,
    rateLimit: undefined,
    idempotency: undefined,
    trustedProxies: undefined,
    connectionLimits: undefined,
    admission: undefined,
    tls: undefined,
    drain: { waitMs: 0, timeoutMs: 10_000 },
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
 * How long the whole body of a request may take to arrive, in milliseconds; 408 after that. With a guard, its head, too.
 * Default 30 s.
 */
export function withReadTimeout(ms: number): ServerOption {
  return (settings) => void (settings.readTimeoutMs = ms);
}

/** How long a request may take in all, in milliseconds; 503 and an aborted signal after that. Default 30 s. */
export function withWriteTimeout(ms: number): ServerOption {
  return (settings) => void (settings.writeTimeoutMs = ms);
}

/** Mounts an API. */
export function withApi(module: ApiModule): ServerOption {
  return (settings) => void settings.modules.push(module);
}

/** Adds a check to `/readyz`. */
export function withReadiness(check: ReadinessCheck): ServerOption {
  return (settings) => void settings.readiness.push(check);
}

/** What clients call the server, e.g. "https://api.example.com": the beginning of `context.url`. */
export function withPublicUrl(url: string): ServerOption {
  return (settings) => void (settings.publicUrl = url.replace(/\/+$/, ""));
}

/** Ends connections whose clients are slow or too many: where they reach the program without a proxy that does. */
export function withConnectionLimits(limits: ConnectionLimitOptions = {}): ServerOption {
  const defaults = { idleMs: 75_000, maxConnections: 5000, maxConnectionsPerAddress: 0 };
  return (settings) => void (settings.connectionLimits = { ...defaults, ...limits });
}

/** Refuses what would only stand in line: 503, a moment later. Health checks are always let in. */
export function withAdmission(admission: AdmissionOptions): ServerOption {
  return (settings) => void (settings.admission = admission);
}

/** Speaks TLS, with HTTP/2 and HTTP/1.1. */
export function withTls(tls: TlsOptions): ServerOption {
  return (settings) => void (settings.tls = { rereadMs: 10_000, ...tls });
}

/** The largest body, in bytes, where the document does not say otherwise; 413. Default 1 MiB. */
export function withMaxBodyBytes(bytes: number): ServerOption {
  return (settings) => void (settings.maxBodyBytes = bytes);
}

/** The longest request target, in bytes; 414. Default 8 KiB. */
export function withMaxUrlBytes(bytes: number): ServerOption {
  return (settings) => void (settings.maxUrlBytes = bytes);
}

/** The largest header section, in bytes of names and values; 431. Default 16 KiB. */
export function withMaxHeaderBytes(bytes: number): ServerOption {
  return (settings) => void (settings.maxHeaderBytes = bytes);
}

/**
 * Refuses requests to public names with 421: for a server that is open to all that this machine runs, and must not be to
 * the pages that its browsers show.
 */
export function withPrivateHostsOnly(): ServerOption {
  return (settings) => void (settings.privateHostsOnly = true);
}

/** Whether answers are checked against the document before they are sent: for tests and development. */
export function withResponseValidation(enabled: boolean): ServerOption {
  return (settings) => void (settings.validateResponses = enabled);
}

/**
 * Who may call which operation is enforced as the documents say, on the principals that this tells. Without it
 * authentication is off: everybody may call everything, and nobody has a principal.
 */
export function withAuthenticator(authenticator: Authenticator): ServerOption {
  return (settings) => void (settings.authenticator = authenticator);
}

/** Lets scripts of other origins read answers. */
export function withCors(cors: CorsOptions): ServerOption {
  return (settings) => void (settings.cors = cors);
}

/** Lets every caller ask for so much in a while and no more; 429 after that. */
export function withRateLimit(rateLimit: RateLimitOptions): ServerOption {
  return (settings) => void (settings.rateLimit = rateLimit);
}

/**
 * Does once for every `Idempotency-Key` what operations require one for, and gives the first answer again. Without it a
 * server does not mount such an operation.
 */
export function withIdempotency(idempotency: Idempotency): ServerOption {
  return (settings) => void (settings.idempotency = idempotency);
}

/** Believes what these proxies say about where a request comes from. */
export function withTrustedProxies(proxies: TrustedProxies): ServerOption {
  return (settings) => void (settings.trustedProxies = proxies);
}

/** How the server stops. */
export function withDrain(drain: DrainOptions): ServerOption {
  return (settings) => void (settings.drain = { ...settings.drain, ...drain });
}

/** What is logged goes there. */
export function withLogger(logger: Logger): ServerOption {
  return (settings) => void (settings.logger = logger);
}

/** Lets somebody watch all requests and what came of them; who is added first stands outermost. */
export function withObserver(observer: RequestObserver): ServerOption {
  return (settings) => void settings.observers.push(observer);
}

/** Adds a Hono middleware between the limits and the routes; what it throws is recovered like anything else. */
export function withMiddleware(middleware: MiddlewareHandler<PipelineEnv>): ServerOption {
  return (settings) => void settings.middlewares.push(middleware);
}
