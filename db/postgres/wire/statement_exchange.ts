import type { Buffer } from "node:buffer";
import type { QueryResult } from "../../db.ts";
import { rowsOfTag } from "./command_tag.ts";
import { backend, type Exchange, unexpectedMessage, unexpectedResponse } from "./exchange.ts";
import { MessageCursor } from "./message_cursor.ts";
import { type Row, RowDecoder } from "./row_decoder.ts";
import { ServerError } from "./server_message.ts";
import type { PreparedStatement, StatementCache } from "./statement_cache.ts";
import { WireError } from "./wire_error.ts";

/** Statement without a result, with parameters as texts. */
interface LeadingStatement {
  readonly text: string;
  readonly parameters: readonly string[];
}

/** Receives the outcome of a statement: one of the calls, once. */
export interface StatementCallbacks {
  /** Statements to be run in front of it. If one fails, the server skips the others. */
  readonly leading?: readonly LeadingStatement[] | undefined;
  onResult(result: QueryResult<object>): void;
  /**
   * @param isStale Whether it had no effect because its prepared form is obsolete, and can be sent again.
   * @param failed Text of the leading statement that failed, if it was one of them.
   */
  onError(error: Error, isStale: boolean, failed?: string): void;
}

/** Options of a {@link StatementExchange}. */
interface StatementExchangeOptions {
  readonly callbacks: StatementCallbacks;
  /** Prepared forms of the leading statements. */
  readonly leading?: readonly PreparedStatement[] | undefined;
}

const none: readonly PreparedStatement[] = [];

/** Statement of the extended protocol, perhaps behind others without a Sync in between. */
export class StatementExchange implements Exchange {
  readonly #statement: PreparedStatement;
  readonly #cache: StatementCache;
  readonly #callbacks: StatementCallbacks;
  readonly #leading: readonly PreparedStatement[];
  /** Number of leading statements that are complete. */
  #led = 0;
  #failed: string | undefined;
  readonly #rows: Row[] = [];
  /** Decoder of this execution, if its columns were described. */
  #decoder: RowDecoder | undefined;
  #rowCount: number | undefined;
  #error: Error | undefined;
  #isStale = false;
  /** Whether the server has taken the parameters, and so has the prepared form. */
  #isBound = false;
  #isComplete = false;

  constructor(
    statement: PreparedStatement,
    cache: StatementCache,
    { callbacks, leading = none }: StatementExchangeOptions,
  ) {
    this.#statement = statement;
    this.#cache = cache;
    this.#callbacks = callbacks;
    this.#leading = leading;
  }

  onMessage(type: number, bytes: Buffer, start: number, end: number): void {
    const leading = this.#leading[this.#led];
    if (leading !== undefined && this.#lead(leading, type)) return;
    const statement = this.#statement;
    switch (type) {
      case backend.dataRow:
        return this.#row(bytes, start, end);
      case backend.bindComplete:
        this.#isBound = true;
        return;
      case backend.closeComplete:
        return;
      case backend.commandComplete:
        this.#rowCount = rowsOfTag(bytes, start, end);
        this.#isComplete = true;
        return;
      case backend.parseComplete:
        statement.isReady = true;
        return;
      case backend.rowDescription:
        this.#decoder = RowDecoder.read(new MessageCursor(bytes, start, end));
        if (!statement.isShared) statement.decoder = this.#decoder;
        return;
      case backend.noData:
        if (!statement.isShared) statement.decoder = null;
        return;
      case backend.emptyQueryResponse:
        this.#isComplete = true;
        return;
      case backend.errorResponse:
        return this.#fail(ServerError.read(bytes, start, end));
      default:
        throw this.#error = unexpectedResponse(type);
    }
  }

  onReady(): void {
    if (this.#error !== undefined) return this.#callbacks.onError(this.#error, this.#isStale, this.#failed);
    if (!this.#isComplete) throw unexpectedMessage(backend.readyForQuery);
    this.#callbacks.onResult({ rows: this.#rows, rowCount: this.#rowCount ?? this.#rows.length });
  }

  onLost(error: Error): void {
    this.#callbacks.onError(this.#error ?? error, false);
  }

  /** Reads a message about a leading statement; false for those that do not differ. */
  #lead(statement: PreparedStatement, type: number): boolean {
    switch (type) {
      case backend.parseComplete:
        statement.isReady = true;
        return true;
      case backend.dataRow:
        return true;
      case backend.commandComplete:
        this.#led++;
        this.#isBound = false;
        return true;
      default:
        return false;
    }
  }

  #row(bytes: Buffer, start: number, end: number): void {
    const decoder = this.#decoder ?? this.#statement.decoder;
    if (!decoder) throw unexpectedMessage(backend.dataRow);
    if (this.#error !== undefined) return;
    try {
      this.#rows.push(decoder.decode(bytes, start, end));
    } catch (error) {
      if (error instanceof WireError) throw error;
      // The value of one column does not end the connection.
      this.#error = new Error("A value of a row could not be decoded", { cause: error });
    }
  }

  #fail(error: ServerError): void {
    // It ends the session, perhaps after a COMMIT took effect and before it was acknowledged.
    if (error.isFatal) throw error;
    this.#error = error;
    const leading = this.#leading[this.#led];
    const statement = leading ?? this.#statement;
    if (leading !== undefined) {
      this.#failed = leading.text;
      for (const skipped of [...this.#leading, this.#statement]) this.#cache.dropUnready(skipped);
    }
    if (statement.name === "") return;
    // Not prepared at all, gone (behind a pooler, or after DISCARD ALL), or its tables have changed.
    const isObsolete = error.code === "26000" || error.routine === "RevalidateCachedQuery";
    this.#isStale = statement.isReady && !this.#isBound && isObsolete;
    if (!statement.isReady || this.#isStale) this.#cache.drop(statement);
  }
}
