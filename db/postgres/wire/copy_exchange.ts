import type { Buffer } from "node:buffer";
import { DatabaseError } from "../../errors.ts";
import { rowsOfTag } from "./command_tag.ts";
import { backend, type Exchange, unexpectedMessage } from "./exchange.ts";
import { ServerError } from "./server_message.ts";

/** Direction of the rows of a COPY. */
export type CopyDirection = "in" | "out";

/** Receives rows of a COPY to the client: bytes from `start` to `end`, which are not overwritten later. */
export type OnCopyData = (bytes: Buffer, start: number, end: number) => void;

/** COPY between the server and the client, by the simple protocol. */
export class CopyExchange implements Exchange {
  readonly #direction: CopyDirection;
  readonly #onData: OnCopyData;
  readonly #started = Promise.withResolvers<void>();
  readonly #completed = Promise.withResolvers<number>();
  #isStarted = false;
  #rows: number | undefined;
  #error: Error | undefined;

  /** @param onData Receives the rows of a COPY to the client. */
  constructor(direction: CopyDirection, onData: OnCopyData) {
    this.#direction = direction;
    this.#onData = onData;
    // Either of them may be awaited first.
    this.#started.promise.catch(() => {});
    this.#completed.promise.catch(() => {});
  }

  /** Resolves when the server takes or sends rows; rejects with the server's error. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Resolves with the number of rows at the end; rejects with the server's error. */
  get completed(): Promise<number> {
    return this.#completed.promise;
  }

  /** Whether the server has refused, so that further rows are not needed. */
  get hasFailed(): boolean {
    return this.#error !== undefined;
  }

  onMessage(type: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case backend.copyInResponse:
      case backend.copyOutResponse: {
        const expected = this.#direction === "in" ? backend.copyInResponse : backend.copyOutResponse;
        if (type !== expected || this.#isStarted) throw unexpectedMessage(type);
        this.#isStarted = true;
        return this.#started.resolve();
      }
      case backend.copyData:
        if (this.#direction !== "out" || !this.#isStarted) throw unexpectedMessage(type);
        return this.#onData(bytes, start, end);
      case backend.copyDone:
        return;
      case backend.commandComplete:
        this.#rows = rowsOfTag(bytes, start, end);
        return;
      case backend.errorResponse:
        return this.#fail(ServerError.read(bytes, start, end));
      default:
        throw unexpectedMessage(type);
    }
  }

  onReady(): void {
    if (this.#error !== undefined) return this.#completed.reject(this.#error);
    if (!this.#isStarted) return this.onLost(notCopied());
    if (this.#rows === undefined) throw unexpectedMessage(backend.readyForQuery);
    this.#completed.resolve(this.#rows);
  }

  onLost(error: Error): void {
    this.#error ??= error;
    this.#started.reject(this.#error);
    this.#completed.reject(this.#error);
  }

  #fail(error: ServerError): void {
    if (error.isFatal) throw error;
    this.#error = error;
    this.#started.reject(error);
  }
}

/** Returns the error of a statement that completed without rows of the program, such as COPY … FROM 'file'. */
function notCopied(): DatabaseError {
  return new DatabaseError("internal", "The statement was no COPY FROM STDIN or COPY TO STDOUT");
}
