import { ClientSession, type SessionClient } from "./client_session.ts";
import { sessionStatus } from "./session_status.ts";

/** Executes complete protocol messages in the shared session and returns the response. */
export type Execute = (messages: Uint8Array) => Promise<Uint8Array>;

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
  #running = false;
  #nextId = 1;

  constructor(execute: Execute) {
    this.#execute = execute;
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
        session.queueCleanup(session === this.#owner);
        if (session.hasMore) this.#waiting.add(session);
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
    }
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
      if (sessionStatus(response) === "I" || !session.isOpen) this.#owner = undefined;
      session.client.send(response);
    } catch {
      // An engine error only affects its client, never the queue. The client leaves as the owner, so its open
      // transaction is rolled back.
      if (session.isOpen) session.client.close();
      else this.#owner = undefined;
    }
  }
}
