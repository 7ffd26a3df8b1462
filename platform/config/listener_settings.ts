import { isLoopback } from "./is_loopback.ts";
import type { Settings } from "./settings.ts";

/** How clients reach the program. */
export interface ListenerConfig {
  /** Undefined: clients may be as slow, and as many, as they like. */
  readonly guard: GuardConfig | undefined;
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined;
}

/** What a client may do to its connection. */
export interface GuardConfig {
  /** How long it may be kept between an answer and the next request, in milliseconds. */
  readonly idleMs: number;
  readonly maxConnections: number;
  /** 0: as many as in all. */
  readonly maxConnectionsPerAddress: number;
}

/** Files in PEM. */
export interface TlsConfig {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Reads `TLS_…`, `SLOW_CLIENT_GUARD` and what the guard goes by. Where nobody says otherwise, there is a guard unless
 * only this machine can reach the program in plain HTTP: what passes TLS on to it is no proxy that knows requests.
 */
export function parseListenerSettings(settings: Settings, host: string): ListenerConfig {
  const tls = parseTls(settings);
  const mode = settings.oneOf("SLOW_CLIENT_GUARD", "auto", ["auto", "on", "off"]);
  const guard = {
    idleMs: settings.durationMs("IDLE_TIMEOUT", "75s", { min: "1ms" }),
    maxConnections: settings.integer("MAX_CONNECTIONS", 5000, { min: 1, max: 25_000 }),
    maxConnectionsPerAddress: settings.integer("MAX_CONNECTIONS_PER_ADDRESS", 0, { min: 0, max: 25_000 }),
  };
  const guarded = mode === "on" || (mode === "auto" && (tls !== undefined || !isLoopback(host)));
  return { tls, guard: guarded ? guard : undefined };
}

function parseTls(settings: Settings): TlsConfig | undefined {
  const certificate = settings.text("TLS_CERT_FILE");
  const key = settings.text("TLS_KEY_FILE");
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate !== undefined) settings.reject("TLS_KEY_FILE", "is required beside TLS_CERT_FILE");
  if (key !== undefined) settings.reject("TLS_CERT_FILE", "is required beside TLS_KEY_FILE");
  return undefined;
}
