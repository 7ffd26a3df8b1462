import { concatBytes } from "./concat_bytes.ts";
import {
  closeStatementMessage,
  queryMessage,
  renameStatement,
  syncMessage,
  takeMessages,
} from "./frontend_messages.ts";

/** A client of the session. */
export interface SessionClient {
  /** Hands over what the server answers. */
  send(answer: Uint8Array): void;
  /** Ends the connection: the client said goodbye, or the session failed under it. */
  close(): void;
}

/** What a talk tells the scheduler. */
export interface TalkEvents {
  /** Whole messages wait. */
  spoke(): void;
  left(): void;
}

/** One client's side of the conversation. */
export class Talk {
  readonly #id: number;
  readonly #events: TalkEvents;
  readonly #statements = new Set<string>();
  #buffer: Uint8Array = new Uint8Array(0);
  #ready: readonly Uint8Array[] = [];
  #open = true;

  constructor(id: number, readonly client: SessionClient, events: TalkEvents) {
    this.#id = id;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether whole messages wait for their turn. */
  get hasMore(): boolean {
    return this.#ready.length > 0;
  }

  /** Takes bytes as they come. */
  receive(bytes: Uint8Array): void {
    if (!this.#open) return;
    const { value, rest } = takeMessages(concatBytes([this.#buffer, bytes]));
    this.#buffer = rest;
    const messages = value.messages.map((message) =>
      renameStatement(message, (name) => this.#statement(name))
    );
    this.#ready = [...this.#ready, ...messages];
    if (this.hasMore) this.#events.spoke();
    if (value.terminated) this.client.close();
  }

  /** The connection is gone: what it left in the session is cleared up. */
  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#events.left();
  }

  /** Everything to execute next. */
  take(): Uint8Array {
    const messages = this.#ready;
    this.#ready = [];
    return concatBytes(messages);
  }

  /** Replaces what waits: a transaction or a series of messages that it is in is ended, its statements forgotten. */
  sayFarewell(isOwner: boolean): void {
    const closes = [...this.#statements].map(closeStatementMessage);
    const ends = isOwner ? [syncMessage, queryMessage("ROLLBACK")] : [];
    this.#ready = closes.length > 0 ? [...ends, ...closes, syncMessage] : ends;
  }

  #statement(name: string): string {
    const unique = `${this.#id}/${name}`;
    this.#statements.add(unique);
    return unique;
  }
}
