import { concatBytes } from "./concat_bytes.ts";
import {
  closeStatementMessage,
  isClose,
  messageSize,
  queryMessage,
  renameStatement,
  syncMessage,
  takeMessages,
} from "./frontend_messages.ts";

/** Client of the shared session. */
export interface SessionClient {
  /** Sends a response of the server. */
  send(response: Uint8Array): void;
  /** Closes the connection, after Terminate or a failure of the session. */
  close(): void;
}

/** Events for the scheduler. */
export interface ClientSessionEvents {
  /** Complete messages are waiting. */
  ready(): void;
  left(): void;
}

/** Options of {@link ClientSession.queueCleanup}. */
export interface CleanupOptions {
  readonly isOwner: boolean;
  /** Statements that reset the session, one message each. */
  readonly reset: readonly string[];
}

/** Protocol state of one client. */
export class ClientSession {
  readonly #id: number;
  readonly #events: ClientSessionEvents;
  readonly #statements = new Set<string>();
  readonly #incomplete = new IncompleteMessage();
  #ready: readonly Uint8Array[] = [];
  #open = true;
  #hasRun = false;

  constructor(id: number, readonly client: SessionClient, events: ClientSessionEvents) {
    this.#id = id;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Number of named statements that are open in the session. */
  get statements(): number {
    return this.#statements.size;
  }

  /** Whether complete messages are waiting for execution. */
  get hasMore(): boolean {
    return this.#ready.length > 0;
  }

  /** Receives bytes of the client. */
  receive(bytes: Uint8Array): void {
    if (!this.#open) return;
    const received = this.#incomplete.add(bytes);
    if (received === undefined) return;
    const { value, rest } = takeMessages(received);
    this.#incomplete.begin(rest);
    const messages = value.messages.map((message) =>
      renameStatement(message, (name) => this.#statement(name, isClose(message)))
    );
    this.#ready = [...this.#ready, ...messages];
    if (this.hasMore) this.#events.ready();
    if (value.terminated) this.client.close();
  }

  /** Handles the end of the connection, cleaning up after it in the session. */
  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#events.left();
  }

  /** Takes all messages to be executed next. */
  take(): Uint8Array {
    const messages = this.#ready;
    this.#ready = [];
    this.#hasRun = true;
    return concatBytes(messages);
  }

  /**
   * Replaces pending messages by cleanup. Ends the open transaction or message series, resets what it may have changed in
   * the session, and closes the statements.
   */
  queueCleanup({ isOwner, reset }: CleanupOptions): void {
    const ends = isOwner ? [syncMessage, queryMessage("ROLLBACK")] : [];
    const resets = this.#hasRun ? reset.map(queryMessage) : [];
    const closes = [...this.#statements].map(closeStatementMessage);
    this.#ready = [...ends, ...resets, ...closes, ...(closes.length > 0 ? [syncMessage] : [])];
  }

  #statement(name: string, closes: boolean): string {
    const unique = `${this.#id}/${name}`;
    // Without this, a client that prepares and closes statements would need ever more memory.
    if (closes) this.#statements.delete(unique);
    else this.#statements.add(unique);
    return unique;
  }
}

/** Bytes of a message that has not arrived completely. They are joined once, however many reads it takes. */
class IncompleteMessage {
  #parts: Uint8Array[] = [];
  #size = 0;
  /** Number of bytes up to which no message is complete. */
  #needed = 0;

  /** Adds a copy of bytes, and returns all once the message is complete; undefined before. */
  add(bytes: Uint8Array): Uint8Array | undefined {
    this.#parts.push(bytes.slice());
    this.#size += bytes.length;
    return this.#size < this.#needed ? undefined : concatBytes(this.#parts);
  }

  /** Replaces the bytes by the beginning of the next message. */
  begin(bytes: Uint8Array): void {
    // None, so that messages that arrive whole are not copied once more.
    this.#parts = bytes.length === 0 ? [] : [bytes];
    this.#size = bytes.length;
    this.#needed = messageSize(bytes);
  }
}
