import { DatabaseError } from "../../errors.ts";
import { outsideTransactions } from "../../outside_transactions.ts";
import { DEFAULT_DRIVER, type InstanceConfig, type PoolConfig } from "../pool_config.ts";
import { Connection } from "./connection.ts";
import type { DriverEvents } from "./driver_session.ts";
import { openSocket } from "./open_socket.ts";
import { preparePassword } from "./prepare_password.ts";
import { readPassword } from "./read_password.ts";
import { unreachable } from "./statement_errors.ts";
import { TlsRefusal } from "./tls_refusal.ts";
import { toDatabaseError } from "./to_database_error.ts";
import { UnsuitableServerError } from "./unsuitable_server_error.ts";
import { WireSession } from "./wire_session.ts";

/** Options of {@link openConnection}. */
interface OpenConnectionOptions {
  readonly config: Omit<PoolConfig, "primary" | "replicas">;
  /** Whether the session rejects writes, even on a primary. */
  readonly readOnly: boolean;
  /** Ends the attempt. */
  readonly signal?: AbortSignal | undefined;
}

/** Connects. Rejects with code "unavailable" on failure, timeout or abort, after which its socket is destroyed. */
export async function openConnection(
  instance: InstanceConfig,
  options: OpenConnectionOptions,
): Promise<Connection> {
  const timeoutMs = options.config.connectTimeoutMs ?? 5_000;
  const { driver = DEFAULT_DRIVER } = instance;
  const password = await readPassword(instance, { timeoutMs, signal: options.signal });
  // Our own driver prepares it where it is needed.
  const prepared = driver === "wire" ? password : await preparePassword(password);
  try {
    return await openWith(instance, { ...options, password: prepared });
  } catch (error) {
    // Only SCRAM prepares passwords.
    const isRefused = error instanceof DatabaseError && error.sqlState === "28P01";
    if (!isRefused || prepared === password) throw error;
    return await openWith(instance, { ...options, password });
  }
}

async function openWith(
  instance: InstanceConfig,
  { config, readOnly, password, signal }: OpenConnectionOptions & { readonly password: string },
): Promise<Connection> {
  const timeoutMs = config.connectTimeoutMs ?? 5_000;
  const { driver = DEFAULT_DRIVER, tls } = instance;
  // Loaded on demand, as few programs choose it, and before there is a socket whose errors have to be handled.
  const postgresJs = driver === "wire"
    ? undefined
    : await outsideTransactions(() => import("./postgres_js_session.ts"));
  const socket = await openSocket(instance, { timeoutMs, signal });
  const isRequested = driver === "postgres.js" && tls !== undefined && tls.negotiation !== "direct";
  const refusal = isRequested ? new TlsRefusal(socket) : undefined;
  const late = new AbortController();
  let connection: Connection | undefined;
  const end = (): void => {
    late.abort();
    void connection?.close();
    socket.destroy();
  };
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  const events: DriverEvents = { onClosed: () => {}, onNotice: () => {} };
  try {
    const how = { socket, instance, password, config, readOnly, events, signal: late.signal };
    const session = postgresJs === undefined
      ? await WireSession.open(how)
      : new postgresJs.PostgresJsSession(how);
    connection = new Connection(session, how);
    await connection.start(config);
    return connection;
  } catch (error) {
    void connection?.close();
    socket.destroy();
    refusal?.check();
    if (error instanceof UnsuitableServerError) throw error;
    const { cause, sqlState } = toDatabaseError(error);
    throw unreachable({ cause, sqlState });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}
