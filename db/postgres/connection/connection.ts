import type { Socket } from "node:net";
import { Stream } from "node:stream";
import type { Notice } from "postgres";
import type { QueryParameter, QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { cancelStatement } from "./cancel_statement.ts";
import { encodeParameter } from "./text_format.ts";
import { type Driver, openDriver, pinSettings } from "./open_driver.ts";
import { openSocket } from "./open_socket.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";
import { type QuickReads, SentStatements } from "./sent_statements.ts";
import { copyUnsupported } from "./refuse_statement.ts";
import { refuseRetries, refusesRetry } from "./refuse_retry.ts";
import {
  commitUnconfirmed,
  connectionLost,
  statementCancelled,
  tooManyParameters,
  toStatementError,
} from "./statement_errors.ts";
import { preparePassword } from "./prepare_password.ts";
import { readPassword } from "./read_password.ts";
import { TlsRefusal } from "./tls_refusal.ts";
import { toDatabaseError } from "./to_database_error.ts";
import { checkServer, type ServerState, UnsuitableServerError } from "./unsuitable_server_error.ts";

/** Options of {@link Connection.open}. */
export interface OpenConnectionOptions {
  readonly config: Omit<PoolConfig, "primary" | "replicas">;
  /** Whether the session rejects writes, even on a primary. */
  readonly readOnly: boolean;
}

/** Options of a statement. */
export interface StatementOptions {
  /** Cancels it. */
  readonly signal?: AbortSignal | undefined;
  /** Records the latency; if absent, the statement is not pipelined by choice. */
  readonly reads?: QuickReads;
}

/** SQL expression of {@link Session.serverStart}. */
export const serverStart = "extract(epoch FROM pg_postmaster_start_time())::text";

/** Session of a server. */
export interface Session {
  /** Process of the session. */
  readonly pid: number;
  /** Start of the server, which differs between servers. */
  readonly serverStart: string;
}

interface OpenedState extends Session, ServerState {
  readonly refusesWrites: boolean;
}

const opened = `SELECT
    pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "refusesWrites",
    pg_backend_pid() AS pid, ${serverStart} AS "serverStart",
    current_setting('server_version_num')::int4 AS version, current_setting('server_encoding') AS encoding`;

/** Maximum number of parameters that the driver sends. A statement with more would leave its connection hanging. */
const maxParameters = 65_533;

/** Prepares statements; a text can contain only one. */
const prepared = { prepare: true, simple: false, [refusesRetry]: true };

/**
 * One session of a server: postgres.js with a single connection. It is never reopened after a loss, since the driver
 * would continue with a new session as if it were the old one, even inside a transaction.
 */
export class Connection {
  readonly instance: InstanceConfig;
  /** Whether the server rejects writes. */
  readonly refusesWrites: boolean = false;
  /** Session on the server; undefined if a pooler is in between. */
  readonly session: Session | undefined = undefined;
  /** Time by performance.now() at which it should be replaced. */
  expiresAt: number;
  /** Called when a statement has completed or was abandoned. */
  onSettled: (connection: Connection) => void = ignore;
  /** Called once, when it is closed. */
  onClosed: (connection: Connection) => void = ignore;
  /** Called with notices of the server. */
  onNotice: (notice: Notice) => void = ignore;
  /** Called every now and then while the response to a statement is overdue. */
  onSilent: () => void = ignore;
  readonly #socket: Socket;
  readonly #driver: Driver;
  readonly #sent: SentStatements;
  #isOpen = true;

  private constructor(
    instance: InstanceConfig,
    { socket, password, config, readOnly }: OpenConnectionOptions & {
      readonly socket: Socket;
      readonly password: string;
    },
  ) {
    this.instance = instance;
    this.#socket = socket;
    this.#sent = new SentStatements({
      cancel: (pending) => cancelStatement(pending, { instance, config }),
      onSettled: () => this.onSettled(this),
      timeoutMs: config.statementTimeoutMs ?? 30_000,
      silentMs: config.replicaProbeTimeoutMs ?? 2_000,
      onSilent: () => this.onSilent(),
      onStuck: () => this.destroy(),
    });
    const lifetimeMs = config.lifetimeMs ?? 1_800_000;
    // Jitter, so that connections opened together are not closed together.
    this.expiresAt = lifetimeMs === 0
      ? Infinity
      : performance.now() + lifetimeMs * (0.8 + Math.random() * 0.4);
    let unused: Socket | undefined = socket;
    this.#driver = openDriver({ ...instance, password, maxConnections: 1 }, { ...config, idleTimeoutMs: 0 }, {
      readOnly,
      connect: () => {
        const unusedSocket = unused;
        unused = undefined;
        return unusedSocket?.destroyed === false
          ? Promise.resolve(unusedSocket)
          : Promise.reject(connectionLost());
      },
      onClose: () => this.#close(),
      onNotice: (notice) => this.#notice(notice),
      onNotification: config.onNotification,
    });
    refuseRetries(this.#driver.unsafe(""));
  }

  /** Connects. Rejects with code "unavailable" on failure or timeout. */
  static async open(instance: InstanceConfig, options: OpenConnectionOptions): Promise<Connection> {
    const timeoutMs = options.config.connectTimeoutMs ?? 5_000;
    const password = await readPassword(instance, { timeoutMs });
    const prepared = await preparePassword(password);
    try {
      return await Connection.#openWith(prepared, instance, options);
    } catch (error) {
      // Only SCRAM prepares passwords.
      const isRefused = error instanceof DatabaseError && error.sqlState === "28P01";
      if (!isRefused || prepared === password) throw error;
      return await Connection.#openWith(password, instance, options);
    }
  }

  static async #openWith(
    password: string,
    instance: InstanceConfig,
    options: OpenConnectionOptions,
  ): Promise<Connection> {
    const timeoutMs = options.config.connectTimeoutMs ?? 5_000;
    const socket = await openSocket(instance, { timeoutMs });
    const refusal = instance.tls === undefined ? undefined : new TlsRefusal(socket);
    const connection = new Connection(instance, { ...options, password, socket });
    const timer = setTimeout(() => {
      void connection.close();
      socket.destroy();
    }, timeoutMs);
    try {
      const { config } = options;
      const text = config.pooler === "transaction" ? opened : `${opened}, ${pinSettings(config)} AS pinned`;
      const result = await connection.#driver.unsafe<OpenedState[]>(text, [], prepared);
      const [row] = result;
      if (row === undefined) throw new DatabaseError("internal", "The server returned no state");
      checkServer(row);
      const { sessionSql } = config;
      if (sessionSql !== undefined && config.pooler !== "transaction") await connection.script(sessionSql);
      const { refusesWrites, pid, serverStart } = row;
      // A pooler makes up the process id of the handshake.
      return Object.assign(connection, {
        refusesWrites,
        session: pid === result.state.pid ? { pid, serverStart } : undefined,
      });
    } catch (error) {
      void connection.close();
      refusal?.check();
      if (error instanceof UnsuitableServerError) throw error;
      const { cause, sqlState } = toDatabaseError(error);
      throw new DatabaseError("unavailable", "The database cannot be reached", {
        cause,
        ...(sqlState === undefined ? {} : { sqlState }),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Number of statements without a response yet. */
  get running(): number {
    return this.#sent.length;
  }

  /** Whether all running statements are known to be fast. */
  get isQuick(): boolean {
    return this.#sent.areQuick;
  }

  /** Time by performance.now() since which the next response is awaited, if {@link running} is not 0. */
  get awaitedSince(): number {
    return this.#sent.awaitedSince;
  }

  /** Whether it is open, and no cancel request in flight could hit the wrong statement. */
  get isReady(): boolean {
    return this.#isOpen && !this.#sent.isCancelling;
  }

  /**
   * Sends one statement behind those in flight. When the signal aborts, rejects immediately with code "cancelled" and
   * cancels the statement on the server.
   */
  query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    { signal, reads }: StatementOptions = {},
  ): Promise<QueryResult<R>> {
    if (!this.#isOpen) return Promise.reject(connectionLost());
    if (signal?.aborted) return Promise.reject(statementCancelled(signal));
    let encoded: (string | null)[];
    try {
      encoded = parameters?.map(encodeParameter) ?? [];
    } catch (error) {
      return Promise.reject(error);
    }
    if (encoded.length > maxParameters) return Promise.reject(tooManyParameters(encoded.length));
    const pending = this.#driver.unsafe<(R & Iterable<R>)[]>(text, encoded, prepared);
    const sent = this.#sent.push(pending, { isQuick: reads?.isQuick(text) ?? false });
    return new Promise((resolve, reject) => {
      const onAbort = signal && ((): void => {
        this.#sent.abort(sent);
        reject(statementCancelled(signal));
      });
      if (onAbort !== undefined) signal?.addEventListener("abort", onAbort);
      const settle = (): void => {
        if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
        const ms = this.#sent.settle(sent);
        reads?.record(text, ms);
      };
      pending.then((result) => {
        settle();
        if (!Array.isArray(result)) reject(this.#endCopy(result));
        else if (sent.unconfirmed) reject(commitUnconfirmed());
        // A plain array: the driver's own keeps a reference to the statement.
        else resolve({ rows: result.slice(), rowCount: result.count ?? result.length });
      }, (error) => {
        settle();
        reject(toStatementError(error, sent));
      });
    });
  }

  /** Sends statements without parameters in one message. Rejects with errors of the driver. */
  async script(text: string): Promise<void> {
    if (!this.#isOpen) throw connectionLost();
    const pending = this.#driver.unsafe(text).simple();
    const sent = this.#sent.push(pending);
    try {
      const result: unknown = await pending;
      if (!Array.isArray(result)) throw this.#endCopy(result);
    } finally {
      this.#sent.settle(sent);
    }
  }

  /** Whether a pooler is in between: then the process id differs from the one of the handshake. */
  async isPooled(): Promise<boolean> {
    const result = await this.#driver.unsafe<{ pid: number }[]>("SELECT pg_backend_pid() AS pid").simple();
    return result[0]?.pid !== result.state.pid;
  }

  /** Closes it, with a grace period for running statements in seconds. */
  async close({ timeout = 0 }: { readonly timeout?: number } = {}): Promise<void> {
    if (timeout === 0) this.#close();
    await this.#end(timeout);
    this.#close();
  }

  #notice(notice: Notice): void {
    // "The transaction has already committed locally, but might not have been replicated to the standby."
    if (notice["routine"] === "SyncRepWaitForLSN") this.#sent.markUnconfirmed();
    this.onNotice(notice);
  }

  /** Closes it without notice to the server, which does not respond. Its statements reject. */
  destroy(): void {
    this.#close();
    this.#socket.destroy();
  }

  /** Closes it, since the server waits for rows or sends them, which the driver exposes as a stream. */
  #endCopy(stream: unknown): DatabaseError {
    // Closing it destroys the stream with an error, which would end the process.
    if (stream instanceof Stream) stream.on("error", ignore);
    this.destroy();
    return copyUnsupported();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#sent[Symbol.dispose]();
    void this.#end(0);
    destroySoon(this.#socket);
    this.onClosed(this);
  }

  /** Ignores the failure of a server that is lost during the close. */
  async #end(timeout: number): Promise<void> {
    await this.#driver.end({ timeout }).catch(ignore);
  }
}

function ignore(): void {}

/** Time for the server to close a connection in response, in milliseconds. */
const closingMs = 1_000;

/** Destroys a socket unless the server closes it: one that has gone silent would stay open for a quarter of an hour. */
function destroySoon(socket: Socket): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), closingMs);
  Deno.unrefTimer(timer);
  socket.once("close", () => clearTimeout(timer));
}
