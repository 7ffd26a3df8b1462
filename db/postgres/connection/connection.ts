import type { Duplex } from "node:stream";
import type { QueryParameter, QueryResult } from "../../db.ts";
import type { InstanceConfig } from "../pool_config.ts";
import { ConnectionCopy } from "./connection_copy.ts";
import type { DriverSession, DriverSessionOptions, LeadingStatement, Notice } from "./driver_session.ts";
import { ResponseBehind, type StatementBehind } from "./response_behind.ts";
import { type QuickStatements, type SentStatement, SentStatements } from "./sent_statements.ts";
import { readState, type Session } from "./session_state.ts";
import {
  commitUnconfirmed,
  connectionLost,
  statementCancelled,
  toStatementError,
} from "./statement_errors.ts";
import { encodeParameters } from "./text_format.ts";

/** Options of a statement. */
export interface StatementOptions {
  /** Cancels it. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Statement that is sent with it and executed after its commit. The result is delivered together with that of this
   * one, and does not depend on it.
   */
  readonly behind?: StatementBehind | undefined;
  /** Records the latency; if absent, the statement is not pipelined by choice. */
  readonly reads?: QuickStatements | undefined;
}

/** Receives the outcome of a statement: one of the calls, once. They must not throw. */
export interface SendOptions<R extends object> extends Pick<StatementOptions, "reads" | "behind"> {
  /** Statements to be run in front of it; only if {@link Connection.canLead}. */
  readonly leading?: readonly LeadingStatement[] | undefined;
  onResult(result: QueryResult<R>): void;
  /** @param failed Text of the leading statement that failed, if it was one of them. */
  onError(error: unknown, failed?: string): void;
}

/**
 * One session of a server. It is never reopened after a loss: a new session would continue as if it were the old one, even
 * inside a transaction.
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
  readonly #driver: DriverSession;
  readonly #sent: SentStatements;
  /** Response that the result of the statement before it waits for. */
  #held: ResponseBehind | undefined;
  #isOpen = true;
  #lost: Error | undefined;

  /** Takes over a session, which {@link start} must prepare. */
  constructor(driver: DriverSession, { instance, config, events }: DriverSessionOptions) {
    this.instance = instance;
    this.#driver = driver;
    this.#sent = new SentStatements({
      cancel: (pending) => driver.cancel(pending),
      onSettled: () => this.onSettled(this),
      timeoutMs: config.statementTimeoutMs ?? 30_000,
      silentMs: config.replicaProbeTimeoutMs ?? 2_000,
      onSilent: () => {
        this.#held?.giveUp();
        this.onSilent();
      },
      onStuck: () => this.destroy(),
    });
    const lifetimeMs = config.lifetimeMs ?? 1_800_000;
    // Jitter, so that connections opened together are not closed together.
    this.expiresAt = lifetimeMs === 0
      ? Infinity
      : performance.now() + lifetimeMs * (0.8 + Math.random() * 0.4);
    events.onClosed = (reason): void => {
      if (this.#isOpen) this.#lost = reason;
      this.#close();
    };
    events.onNotice = (notice): void => this.#notice(notice);
  }

  /** Checks the server and prepares the session, before anything else is sent. Rejects with errors of the driver. */
  async start(config: DriverSessionOptions["config"]): Promise<void> {
    const { refusesWrites, pid, serverStart } = await readState(this.#driver, config);
    const { sessionSql } = config;
    if (sessionSql !== undefined && config.pooler !== "transaction") await this.script(sessionSql);
    // A pooler makes up the process id of the handshake.
    Object.assign(this, {
      refusesWrites,
      session: pid === this.#driver.pid ? { pid, serverStart } : undefined,
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the server can be made to skip a statement if one that is sent in front of it fails. */
  get canLead(): boolean {
    return this.#driver.canLead;
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
    { signal, reads, behind }: StatementOptions = {},
  ): Promise<QueryResult<R>> {
    if (signal?.aborted) return Promise.reject(statementCancelled(signal));
    return new Promise((resolve, reject) => {
      if (signal === undefined) {
        this.send<R>(text, parameters, { reads, behind, onResult: resolve, onError: reject });
        return;
      }
      const onAbort = (): void => {
        this.abort(sent);
        reject(statementCancelled(signal));
      };
      const end = (): void => signal.removeEventListener("abort", onAbort);
      signal.addEventListener("abort", onAbort);
      const sent = this.send<R>(text, parameters, {
        reads,
        behind,
        onResult(result): void {
          end();
          resolve(result);
        },
        onError(error): void {
          end();
          reject(error);
        },
      });
    });
  }

  /**
   * Sends one statement behind those in flight, and returns what {@link abort} takes; undefined if it was not sent, of which
   * the error has been passed by then.
   */
  send<R extends object>(
    text: string,
    parameters: readonly QueryParameter[] | undefined,
    { reads, leading, behind, onResult, onError }: SendOptions<R>,
  ): SentStatement | undefined {
    let encoded: (string | null)[];
    try {
      if (!this.#isOpen) throw connectionLost(this.#lost);
      encoded = encodeParameters(parameters ?? []);
    } catch (error) {
      onError(error);
      return undefined;
    }
    const sent = this.#sent.push({ isQuick: reads?.quick(text) === "read" });
    const settle = (): void => {
      const ms = this.#sent.settle(sent);
      reads?.record(text, ms);
    };
    const response = behind && new ResponseBehind(behind);
    sent.pending = this.#driver.query<R>(text, encoded, {
      leading,
      onResult: (result) => {
        settle();
        if (sent.unconfirmed) onError(commitUnconfirmed());
        else if (response === undefined || response.isOver) onResult(result);
        else {
          response.held = (): void => onResult(result);
          this.#held = response;
        }
      },
      onError(error, isStale, failed): void {
        settle();
        onError(toStatementError(error, sent, isStale), failed);
      },
    });
    // A pooler might run it in another session at any time.
    if (this.isPooled) response?.giveUp();
    else response?.send(this.#driver, this.#sent);
    return sent;
  }

  /** Cancels a statement on the server, which responds to it nevertheless. */
  abort(sent: SentStatement | undefined): void {
    if (sent !== undefined) this.#sent.abort(sent);
  }

  /** Sends statements without parameters in one message. Rejects with errors of the driver. */
  script(text: string): Promise<void> {
    if (!this.#isOpen) return Promise.reject(connectionLost(this.#lost));
    return new Promise((resolve, reject) => {
      const sent = this.#sent.push();
      sent.pending = this.#driver.script(text, {
        onResult: () => {
          this.#sent.settle(sent);
          resolve();
        },
        onError: (error) => {
          this.#sent.settle(sent);
          reject(error);
        },
      });
    });
  }

  /** COPY on it, if driver and server have it. Its rows can be written only if the server takes them. */
  get copy(): ConnectionCopy | undefined {
    const { copy } = this.#driver;
    return copy && new ConnectionCopy(copy, this.#sent);
  }

  /** Whether a pooler is in between: then the process id differs from the one of the handshake. */
  get isPooled(): boolean {
    return this.session === undefined;
  }

  /** Closes it, with a grace period for running statements in seconds. */
  async close({ timeout = 0 }: { readonly timeout?: number } = {}): Promise<void> {
    if (timeout === 0) this.#close();
    await this.#driver.end(timeout);
    this.#close();
  }

  #notice(notice: Notice): void {
    // "The transaction has already committed locally, but might not have been replicated to the standby."
    if (notice.routine === "SyncRepWaitForLSN") this.#sent.markUnconfirmed();
    this.onNotice(notice);
  }

  /** Closes it without notice to the server, which does not respond. Its statements reject. */
  destroy(): void {
    this.#close();
    this.#driver.stream.destroy();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#sent[Symbol.dispose]();
    void this.#driver.end(0);
    destroySoon(this.#driver.stream);
    this.onClosed(this);
  }
}

function ignore(): void {}

/** Time for the server to close a connection in response, in milliseconds. */
const closingMs = 1_000;

/** Destroys a stream unless the server closes it: one that has gone silent would stay open for a quarter of an hour. */
function destroySoon(stream: Duplex): void {
  if (stream.destroyed) return;
  const timer = setTimeout(() => stream.destroy(), closingMs);
  Deno.unrefTimer(timer);
  stream.once("close", () => clearTimeout(timer));
}
