import type { Socket } from "node:net";
import postgres, { type Notice, type Sql } from "postgres";
import type { InstanceConfig, PoolConfig, TlsConfig } from "../pool_config.ts";
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
    sslnegotiation: null,
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
      ...sessionSettings(config, { readOnly }),
      ...(instance.options === undefined ? {} : { options: instance.options }),
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

/** Settings that values depend on. */
const valueSettings: Readonly<Record<string, string>> = {
  bytea_output: "hex",
  array_nulls: "on",
  // The shortest text from which the same number is read.
  extra_float_digits: "1",
  // Commits that no standby has confirmed are reported as a warning.
  client_min_messages: "notice",
  default_transaction_isolation: "read committed",
};

/**
 * Returns an SQL expression that sets further settings, in a session that belongs to the program. A session does not
 * start with them, since poolers refuse those that they do not know, and servers of earlier versions
 * `transaction_timeout`.
 */
export function pinSettings(
  { transactionTimeoutMs = 60 * second }: Pick<PoolConfig, "transactionTimeoutMs">,
): string {
  const settings = Object.entries(valueSettings).map(([name, value]) => setConfig(name, value));
  return `concat(${settings.join(", ")}, CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL
    THEN ${setConfig("transaction_timeout", String(transactionTimeoutMs))} END)`;
}

function setConfig(name: string, value: string): string {
  return `set_config('${name}', '${value}', false)`;
}

/**
 * Returns the settings that a session starts with. They outrank those of the role and the database: the column parsers
 * rely on times in UTC and dates in ISO format, and the program on its timeouts, also where they are disabled. A pooler
 * applies these to every session it uses; the date style is spelled as the server reports it, or the pooler would set
 * it again before every transaction. It rejects other settings, which it cannot restrict to one client.
 */
function sessionSettings(
  config: Omit<PoolConfig, "primary" | "replicas">,
  { readOnly }: { readonly readOnly: boolean },
): Readonly<Record<string, string>> {
  const tracked = {
    application_name: config.applicationName ?? "archway",
    TimeZone: "UTC",
    DateStyle: "ISO, MDY",
    standard_conforming_strings: "on",
  };
  if (config.pooler === "transaction") return tracked;
  return {
    ...tracked,
    ...(readOnly ? { default_transaction_read_only: "on" } : {}),
    // As texts, since the driver leaves out the number 0.
    statement_timeout: String(config.statementTimeoutMs ?? 30 * second),
  };
}
