import { messageOf } from "./frontend_messages.ts";
import { ClientSession, type SessionClient } from "./client_session.ts";
import { sessionStatus } from "./session_status.ts";

/** Executes complete protocol messages in the shared session and returns the response. */
export type Execute = (messages: Uint8Array) => Promise<Uint8Array>;

/** Options of a {@link SessionScheduler}. */
export interface SessionSchedulerOptions {
  /**
   * Time without a message after which a client in a transaction is disconnected if others wait, in milliseconds: the
   * process of a command may have been suspended.
   *
   * @default 60_000
   */
  readonly maxIdleMs?: number | undefined;
  /**
   * Statements that every new connection runs, which also hold for the others: the session is reset to them after each
   * client.
   *
   * @default none
   */
  readonly sessionSql?: string | undefined;
}

/** Discards what a client may have left in the session. Channels stay: they are those of all clients. */
const RESET =
  "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DISCARD TEMP; SELECT pg_advisory_unlock_all()";

/**
 * Shares one database session among many clients. A client owns the session from its first message until the server is
 * idle, outside of any transaction; others wait in order. Each client has its own namespace of prepared statements.
 */
export class SessionScheduler {
  readonly #execute: Execute;
  readonly #waiting = new Set<ClientSession>();
  #owner: ClientSession | undefined;
  /** Work of the server itself. */
  readonly #tasks: (() => Promise<void>)[] = [];
  readonly #maxIdleMs: number;
  readonly #reset: readonly string[];
  #idleSince = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #nextId = 1;

  constructor(execute: Execute, { maxIdleMs = 60_000, sessionSql }: SessionSchedulerOptions = {}) {
    this.#execute = execute;
    this.#maxIdleMs = maxIdleMs;
    this.#reset = [RESET, ...(sessionSql === undefined ? [] : [sessionSql])];
  }

  /** Adds a client. */
  join(client: SessionClient): ClientSession {
    const session: ClientSession = new ClientSession(this.#nextId++, client, {
      ready: () => {
        if (session !== this.#owner) this.#waiting.add(session);
        this.#run();
      },
      left: () => {
        this.#waiting.delete(session);
        const isOwner = session === this.#owner;
        session.queueCleanup({ isOwner, reset: this.#reset });
        if (!isOwner && session.hasMore) this.#waiting.add(session);
        this.#run();
      },
    });
    return session;
  }

  /** Runs a function while no client uses the session, and returns its result. */
  async exclusive<T>(run: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#tasks.push(() => run().then(resolve, reject));
    void this.#run();
    return await promise;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (true) {
        // Clients first: they wait for a response.
        const session = this.#next();
        if (session !== undefined) await this.#serve(session);
        else if (this.#owner === undefined && this.#tasks.length > 0) await this.#tasks.shift()?.();
        else break;
      }
    } finally {
      this.#running = false;
      this.#limitIdleTime();
    }
  }

  #limitIdleTime(): void {
    clearTimeout(this.#timer);
    const owner = this.#owner;
    if (owner === undefined || this.#waiting.size === 0) return;
    const remainingMs = Math.max(0, this.#idleSince + this.#maxIdleMs - performance.now());
    this.#timer = setTimeout(() => {
      owner.client.send(this.#idleError);
      owner.client.close();
    }, remainingMs);
  }

  /** Reason for a client that idled. */
  get #idleError(): Uint8Array {
    const text = `It was idle in a transaction for ${this.#maxIdleMs / 1_000} s while others waited`;
    return errorResponse({ S: "FATAL", V: "FATAL", C: "25P03", M: text });
  }

  #next(): ClientSession | undefined {
    if (this.#owner !== undefined) return this.#owner.hasMore ? this.#owner : undefined;
    const [first] = this.#waiting;
    return first;
  }

  async #serve(session: ClientSession): Promise<void> {
    this.#waiting.delete(session);
    this.#owner = session;
    try {
      const response = await this.#execute(session.take());
      this.#idleSince = performance.now();
      // One that left meanwhile keeps the session for its cleanup: others must not run in its transaction.
      if (session.isOpen ? sessionStatus(response) === "I" : !session.hasMore) this.#owner = undefined;
      session.client.send(response);
    } catch {
      // An engine error only affects its client, never the queue. The client leaves as the owner, so its open
      // transaction is rolled back.
      if (session.isOpen) session.client.close();
      else if (!session.hasMore) this.#owner = undefined;
    }
  }
}

/** Returns an ErrorResponse message with fields by their types (PostgreSQL, "Error and Notice Message Fields"). */
function errorResponse(fields: Readonly<Record<string, string>>): Uint8Array {
  const texts = Object.entries(fields).map(([type, value]) => `${type}${value}\0`);
  return messageOf("E".charCodeAt(0), [new TextEncoder().encode(`${texts.join("")}\0`)]);
}
