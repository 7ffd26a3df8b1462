import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";
import { sendCancelRequest } from "../wire/cancel_request.ts";
import { copyIn, copyOut } from "../wire/copy_rows.ts";
import { WireConnection } from "../wire/wire_connection.ts";
import { WireError } from "../wire/wire_error.ts";
import type { DriverCopy, DriverSession, DriverSessionOptions, StatementOutcome } from "./driver_session.ts";
import { openSocket } from "./open_socket.ts";
import { sessionSettings } from "./session_settings.ts";
import { tlsUnsupported } from "./tls_refusal.ts";

/** Session of our own client of the protocol. */
export class WireSession implements DriverSession {
  readonly canLead = true;
  readonly #connection: WireConnection;
  readonly #instance: InstanceConfig;
  readonly #config: Omit<PoolConfig, "primary" | "replicas">;

  private constructor(connection: WireConnection, { instance, config }: DriverSessionOptions) {
    this.#connection = connection;
    this.#instance = instance;
    this.#config = config;
  }

  /** Starts a session. Rejects with the error of the server or of the connection. */
  static async open(options: DriverSessionOptions): Promise<WireSession> {
    const { socket, instance, password, config, readOnly, events, signal } = options;
    const { host, user, database, tls } = instance;
    const { onNotification } = config;
    try {
      const connection = await WireConnection.open(socket, {
        host,
        user,
        password,
        database,
        tls,
        signal,
        settings: sessionSettings(instance, config, { readOnly }),
        // They belong to a session, and the next statement may run in another one, unless the pooler follows them.
        ...(config.pooler === "transaction"
          ? { maxStatements: config.poolerStatements ?? 0, isShared: true }
          : {}),
        onClosed: (reason) => events.onClosed(reason),
        onNotice: (notice) => events.onNotice(notice),
        ...(onNotification === undefined ? {} : { onNotification }),
      });
      return new WireSession(connection, options);
    } catch (error) {
      if (error instanceof WireError && error.code === "CONNECTION_TLS_REFUSED") throw tlsUnsupported();
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#connection.key?.pid;
  }

  get stream(): Duplex {
    return this.#connection.stream;
  }

  query<R extends object>(
    text: string,
    parameters: readonly (string | null)[],
    outcome: StatementOutcome<R>,
  ): object {
    return this.#connection.query(text, parameters, outcome);
  }

  script(text: string, outcome: StatementOutcome): object {
    return this.#connection.script(text, {
      onDone: () => outcome.onResult({ rows: [], rowCount: 0 }),
      onError: (error) => outcome.onError(error, false),
    });
  }

  get copy(): DriverCopy {
    const connection = this.#connection;
    return {
      write: (text, options) => copyIn(connection, { text, ...options }),
      read: (text, options) => copyOut(connection, { text, ...options }),
    };
  }

  async cancel(sent: object): Promise<void> {
    const { key } = this.#connection;
    if (key === undefined || !this.#connection.isFirst(sent)) return;
    const timeoutMs = this.#config.connectTimeoutMs ?? 5_000;
    const { host, tls } = this.#instance;
    let socket: Socket | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const opened = await openSocket(this.#instance, { timeoutMs });
      socket = opened;
      // A server that hangs would block this for as long.
      timer = setTimeout(() => opened.destroy(), timeoutMs);
      await sendCancelRequest(opened, { key, host, tls });
    } catch {
      // The statement runs until its timeout on the server.
    } finally {
      clearTimeout(timer);
      socket?.destroy();
    }
  }

  async end(timeout: number): Promise<void> {
    await this.#connection.close(timeout * 1_000);
  }
}
