import type { Buffer } from "node:buffer";
import { backend, type Exchange, unexpectedMessage } from "./exchange.ts";
import { MessageCursor } from "./message_cursor.ts";
import { readServerMessage, ServerError, type ServerMessage } from "./server_message.ts";

/** Receivers of messages that belong to no exchange. They must not throw. */
export interface SentExchangesOptions {
  readonly onNotice?: ((notice: ServerMessage) => void) | undefined;
  readonly onNotification?: ((channel: string, payload: string) => void) | undefined;
}

/** Exchanges without a complete response, in the order in which they were sent. Passes messages on to the first one. */
export class SentExchanges {
  readonly #options: SentExchangesOptions;
  readonly #sent: Exchange[] = [];
  #reason: ServerError | undefined;
  #onDrained: (() => void) | undefined;

  constructor(options: SentExchangesOptions) {
    this.#options = options;
  }

  /** Exchange that the server runs now, or will next. */
  get first(): Exchange | undefined {
    return this.#sent[0];
  }

  /** Exchange that was sent last. */
  get last(): Exchange | undefined {
    return this.#sent.at(-1);
  }

  /** Error of the server apart from an exchange: the reason why it is about to close the connection. */
  get reason(): ServerError | undefined {
    return this.#reason;
  }

  push(exchange: Exchange): void {
    this.#sent.push(exchange);
  }

  /**
   * Receives a message of the server.
   *
   * @throws {WireError} for one that the protocol does not allow.
   * @throws {ServerError} for one that ends the session.
   */
  receive(type: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case backend.readyForQuery:
        return this.#ready();
      case backend.noticeResponse:
        this.#options.onNotice?.(readServerMessage(new MessageCursor(bytes, start, end)));
        return;
      case backend.notification:
        return this.#notify(new MessageCursor(bytes, start, end));
      case backend.parameterStatus:
        return;
      default: {
        const { first } = this;
        if (first !== undefined) return first.onMessage(type, bytes, start, end);
        if (type !== backend.errorResponse) throw unexpectedMessage(type);
        this.#reason = ServerError.read(bytes, start, end);
        // A statement sent before the end arrives would be lost with it.
        if (this.#reason.isFatal) throw this.#reason;
      }
    }
  }

  /** Fails all exchanges, since the connection has ended. */
  lose(error: Error): void {
    for (const exchange of this.#sent.splice(0)) exchange.onLost(error);
    this.#onDrained?.();
  }

  /** Resolves when no exchange is left, or when the time in milliseconds is over. */
  async drained(timeoutMs: number): Promise<void> {
    if (this.#sent.length === 0 || timeoutMs === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onDrained = resolve;
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
  }

  #ready(): void {
    const exchange = this.#sent.shift();
    if (exchange === undefined) throw unexpectedMessage(backend.readyForQuery);
    try {
      exchange.onReady();
    } catch (error) {
      exchange.onLost(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    if (this.#sent.length === 0) this.#onDrained?.();
  }

  #notify(cursor: MessageCursor): void {
    cursor.uint32(); // process of the sender
    this.#options.onNotification?.(cursor.cString(), cursor.cString());
  }
}
