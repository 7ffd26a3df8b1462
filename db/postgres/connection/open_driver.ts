import type { Socket } from "node:net";
import postgres, { type Notice, type Sql } from "postgres";
import type { InstanceConfig, PoolConfig, TlsConfig } from "../pool_config.ts";
import { sessionSettings } from "./session_settings.ts";
import { columnParsers } from "./text_format.ts";

/** Instance of postgres.js, which connects on first use. */
export type Driver = Sql<Record<never, never>>;

/** Options of a driver for one connection. */
export interface OpenDriverOptions {
  /**
   * Whether the session rejects writes, even on a primary.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /** Returns a connected socket; the driver connects by itself if absent. */
  readonly connect?: () => Promise<Socket>;
  /** Called when a connection is closed. */
  readonly onClose?: () => void;
  /** Called with notices of the server. */
  readonly onNotice?: (notice: Notice) => void;
  /** Called with the channel of a notification. */
  readonly onNotification?: ((channel: string) => void) | undefined;
}

const second = 1000;

/**
 * Creates a driver. Every option is set, so that none is read from the PG* environment variables.
 */
export function openDriver(
  instance: InstanceConfig,
  config: Omit<PoolConfig, "primary" | "replicas">,
  { readOnly = false, connect, onClose, onNotice = ignore, onNotification }: OpenDriverOptions = {},
): Driver {
  const { host, port, password } = instance;
  const options = {
    host,
    port,
    ...(host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : {}),
    user: instance.user,
    // A function, because an empty string would be replaced by PGPASSWORD.
    password: (): string => password,
    database: instance.database,
    max: instance.maxConnections,
    ssl: instance.tls === undefined ? false : tlsOptions(instance.tls),
    sslnegotiation: instance.tls?.negotiation === "direct" ? "direct" : null,
    connect_timeout: (config.connectTimeoutMs ?? 5 * second) / second,
    idle_timeout: (config.idleTimeoutMs ?? 60 * second) / second,
    max_lifetime: null,
    max_pipeline: 100,
    // The driver's default waits up to 20 s for the next attempt, long after the server is back.
    backoff: (retries: number): number => Math.min(0.05 * 2 ** retries, 1) * (0.5 + Math.random() / 2),
    keep_alive: 30,
    // Prepared statements belong to the session, and the next transaction may run in another one.
    prepare: config.pooler !== "transaction",
    debug: false,
    fetch_types: false,
    publications: "alltables",
    target_session_attrs: undefined,
    connection: {
      ...sessionSettings(instance, config, { readOnly }),
    },
    onnotice: onNotice,
    ...(onClose === undefined ? {} : { onclose: onClose }),
    ...(connect === undefined ? {} : { socket: connect }),
  };
  // This parses the options without connecting, to set those that have no option of their own. The host must be a list:
  // the driver cuts a string at its first colon, which breaks IPv6 addresses.
  const parsed = Object.assign(postgres(options).options, {
    host: [host],
    port: [port],
    target_session_attrs: null,
    parsers: columnParsers,
    serializers: {},
    ...(onNotification === undefined ? {} : { onnotify: onNotification }),
  });
  // The driver accepts parsed options unchanged, which its types do not express.
  const driver: Driver = Reflect.apply(postgres, undefined, [parsed]);
  return driver;
}

function ignore(): void {}

function tlsOptions({ ca, cert, key, serverName, verify }: TlsConfig): Record<string, unknown> {
  return {
    rejectUnauthorized: verify ?? true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
