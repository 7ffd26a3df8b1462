import type { Buffer } from "node:buffer";
import { backend, type Exchange, unexpectedResponse } from "./exchange.ts";
import { ServerError } from "./server_message.ts";

/** Outcome of statements that were sent in one message. */
export interface ScriptCallbacks {
  onDone(): void;
  onError(error: Error): void;
}

/** Statements of the simple protocol, whose results are not needed. */
export class ScriptExchange implements Exchange {
  readonly #callbacks: ScriptCallbacks;
  #error: Error | undefined;

  constructor(callbacks: ScriptCallbacks) {
    this.#callbacks = callbacks;
  }

  onMessage(type: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case backend.rowDescription:
      case backend.dataRow:
      case backend.commandComplete:
      case backend.emptyQueryResponse:
        return;
      case backend.errorResponse:
        return this.#fail(ServerError.read(bytes, start, end));
      default:
        throw this.#error = unexpectedResponse(type);
    }
  }

  onReady(): void {
    if (this.#error === undefined) this.#callbacks.onDone();
    else this.#callbacks.onError(this.#error);
  }

  onLost(error: Error): void {
    this.#callbacks.onError(this.#error ?? error);
  }

  #fail(error: ServerError): void {
    if (error.isFatal) throw error;
    this.#error = error;
  }
}
