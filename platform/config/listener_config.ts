import type { SettingsReader } from "@archway/service_kit/setting.ts";
import {
  booleanSetting,
  choiceSetting,
  durationSetting,
  integerSetting,
  textSetting,
} from "@archway/service_kit/setting_types.ts";
import { isLoopback } from "./is_loopback.ts";
import { TRUSTED_PROXIES } from "./trusted_proxies.ts";

/** Connections of clients. */
export interface ListenerConfig {
  /** Slow-client protection; disabled if undefined. */
  readonly connectionLimits: ConnectionLimitConfig | undefined;
  /** Plain HTTP if undefined. */
  readonly tls: TlsConfig | undefined;
  /** Whether trusted proxies send a header of the PROXY protocol. */
  readonly proxyProtocol: boolean;
}

/** Limits of clients' connections. */
export interface ConnectionLimitConfig {
  /** Maximum idle time between a response and the next request, in milliseconds. */
  readonly idleMs: number;
  readonly maxConnections: number;
  /** 0 means that only `maxConnections` applies. */
  readonly maxConnectionsPerAddress: number;
}

/** Paths of PEM files. */
export interface TlsConfig {
  readonly certificate: string;
  readonly key: string;
}

const CERT_FILE = textSetting("TLS_CERT_FILE", {
  type: "path",
  description:
    "Certificate chain in PEM, leaf first: serves HTTP/2 and HTTP/1.1 over TLS. Read again every 10 s; " +
    "a new certificate is used for new connections.",
});
const KEY_FILE = textSetting("TLS_KEY_FILE", {
  type: "path",
  description: "Private key of TLS_CERT_FILE, in PEM.",
});
const SLOW_CLIENT_GUARD = choiceSetting("SLOW_CLIENT_GUARD", ["auto", "on", "off"], {
  default: "auto",
  description:
    "Connection limits, which end slow and excess connections; auto is on unless HOST is a loopback " +
    "address and TLS is not set. Turn it off behind a proxy that does the same.",
});
const IDLE_TIMEOUT = durationSetting("IDLE_TIMEOUT", {
  default: "75s",
  min: "1ms",
  description:
    "Maximum idle time of a connection between requests, with SLOW_CLIENT_GUARD. Keep it longer than " +
    "the proxy's own keep-alive timeout.",
});
export const MAX_CONNECTIONS = integerSetting("MAX_CONNECTIONS", {
  default: 5000,
  min: 1,
  max: 25_000,
  divided: true,
  description: "Maximum number of open connections, with SLOW_CLIENT_GUARD.",
});
export const MAX_PER_ADDRESS = integerSetting("MAX_CONNECTIONS_PER_ADDRESS", {
  default: 0,
  min: 0,
  max: 25_000,
  divided: true,
  description:
    "Maximum number of open connections from one address, for IPv6 from one network (/64), with SLOW_CLIENT_GUARD; 0 means no limit.",
});

const PROXY_PROTOCOL = booleanSetting("PROXY_PROTOCOL", {
  default: false,
  description:
    "Whether TRUSTED_PROXIES begin each connection with the client's address (PROXY protocol, version 1 or 2), " +
    "with SLOW_CLIENT_GUARD. A connection of theirs without it is closed.",
});

export const LISTENER_SETTINGS = [
  CERT_FILE,
  KEY_FILE,
  SLOW_CLIENT_GUARD,
  IDLE_TIMEOUT,
  MAX_CONNECTIONS,
  MAX_PER_ADDRESS,
  PROXY_PROTOCOL,
];

/**
 * Reads TLS and connection limits. Limits are on by default unless the program listens on loopback without TLS, where
 * only this machine or a proxy connects. A proxy in front of a TLS listener forwards bytes and limits no requests.
 */
export function readListenerConfig(reader: SettingsReader, host: string): ListenerConfig {
  const tls = readTls(reader);
  const mode = reader.read(SLOW_CLIENT_GUARD);
  const limits = {
    idleMs: reader.read(IDLE_TIMEOUT),
    maxConnections: reader.read(MAX_CONNECTIONS),
    maxConnectionsPerAddress: reader.read(MAX_PER_ADDRESS),
  };
  const limited = mode === "on" || (mode === "auto" && (tls !== undefined || !isLoopback(host)));
  const proxyProtocol = reader.read(PROXY_PROTOCOL);
  if (proxyProtocol && !limited) reader.reject(PROXY_PROTOCOL, "requires SLOW_CLIENT_GUARD=on");
  if (proxyProtocol && reader.read(TRUSTED_PROXIES) === undefined) {
    reader.reject(TRUSTED_PROXIES, "is required with PROXY_PROTOCOL");
  }
  return { tls, connectionLimits: limited ? limits : undefined, proxyProtocol };
}

function readTls(reader: SettingsReader): TlsConfig | undefined {
  const [certificate, key] = [reader.read(CERT_FILE), reader.read(KEY_FILE)];
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate !== undefined) reader.reject(KEY_FILE, "is required with TLS_CERT_FILE");
  if (key !== undefined) reader.reject(CERT_FILE, "is required with TLS_KEY_FILE");
  return undefined;
}
