import type { Socket } from "node:net";
import postgres, { type Notice, type Sql } from "postgres";
import type { InstanceConfig, PoolConfig, TlsConfig } from "../pool_config.ts";
import { columnParsers } from "./text_format.ts";

/** postgres.js, connected to one server when it is first needed. */
export type Driver = Sql<Record<never, never>>;

/** What is special about a connection. */
export interface OpenDriverOptions {
  /**
   * Whether the server refuses what writes, even one that could.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /** Gives what to talk over, already connected; absent: the driver connects by itself. */
  readonly connect?: () => Promise<Socket>;
  /** Called when a connection is gone. */
  readonly onClose?: () => void;
  /** Called with what the server says besides its answers. */
  readonly onNotice?: (notice: Notice) => void;
  /** Called with the channel of what was sent with NOTIFY. */
  readonly onNotification?: ((channel: string) => void) | undefined;
}

const second = 1000;

/**
 * Every option is named, so that nothing is taken from the PG* variables of the environment.
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
    // A function, because an empty text would be replaced by PGPASSWORD.
    password: (): string => password,
    database: instance.database,
    max: instance.maxConnections,
    ssl: instance.tls === undefined ? false : tlsOptions(instance.tls),
    sslnegotiation: null,
    connect_timeout: (config.connectTimeoutMs ?? 5 * second) / second,
    idle_timeout: (config.idleTimeoutMs ?? 60 * second) / second,
    max_lifetime: null,
    max_pipeline: 100,
    // The driver's own waits up to 20 s for the next try, long after the server is back.
    backoff: (retries: number): number => Math.min(0.05 * 2 ** retries, 1) * (0.5 + Math.random() / 2),
    keep_alive: 60,
    // What is prepared stays with the session, and the next transaction may be given another one.
    prepare: config.pooler !== "transaction",
    debug: false,
    fetch_types: false,
    publications: "alltables",
    target_session_attrs: undefined,
    connection: sessionSettings(config, { readOnly }),
    onnotice: onNotice,
    ...(onClose === undefined ? {} : { onclose: onClose }),
    ...(connect === undefined ? {} : { socket: connect }),
  };
  // Nothing connects yet: this only reads the options, to replace what has no option of its own. The host is a list
  // there; as a text the driver cuts it at its first colon, and with it every IPv6 address.
  const parsed = Object.assign(postgres(options).options, {
    host: [host],
    port: [port],
    target_session_attrs: null,
    parsers: columnParsers,
    serializers: {},
    ...(onNotification === undefined ? {} : { onnotify: onNotification }),
  });
  // It takes parsed options as they are, which its types do not say.
  const driver: Driver = Reflect.apply(postgres, undefined, [parsed]);
  return driver;
}

function ignore(): void {}

function tlsOptions({ ca, serverName, verify }: TlsConfig): Record<string, unknown> {
  return {
    rejectUnauthorized: verify ?? true,
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/**
 * What a session is told when it is opened. The column parsers rely on times in UTC and dates in ISO form. A pooler
 * hands these on to whichever session it uses, the date's style as the server spells it, or it would set it again
 * before every transaction; the rest it refuses, because it could not keep it to the one who asked for it.
 */
export function sessionSettings(
  config: Omit<PoolConfig, "primary" | "replicas">,
  { readOnly }: { readonly readOnly: boolean },
): Readonly<Record<string, string | number | boolean>> {
  const kept = {
    application_name: config.applicationName ?? "archway",
    TimeZone: "UTC",
    DateStyle: "ISO, MDY",
  };
  if (config.pooler === "transaction") return kept;
  const statementTimeout = config.statementTimeoutMs ?? 30 * second;
  const transactionTimeout = config.transactionTimeoutMs ?? 60 * second;
  return {
    ...kept,
    ...(readOnly ? { default_transaction_read_only: true } : {}),
    ...(statementTimeout > 0 ? { statement_timeout: statementTimeout } : {}),
    ...(transactionTimeout > 0 ? { transaction_timeout: transactionTimeout } : {}),
  };
}
