import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { type CopyDirection, CopyExchange, type OnCopyData } from "./copy_exchange.ts";
import type { Exchange } from "./exchange.ts";
import * as messages from "./frontend_messages.ts";
import { Handshake } from "./handshake.ts";
import { MessageReader } from "./message_reader.ts";
import { negotiateTls, type SecureConnection } from "./negotiate_tls.ts";
import { OutputBuffer } from "./output_buffer.ts";
import { type ScriptCallbacks, ScriptExchange } from "./script_exchange.ts";
import { SentExchanges } from "./sent_exchanges.ts";
import { StatementCache } from "./statement_cache.ts";
import { type StatementCallbacks, StatementExchange } from "./statement_exchange.ts";
import { timedOut, WireError } from "./wire_error.ts";
import type { WireOptions } from "./wire_options.ts";

const defaultMaxStatements = 256;

/** Number of bytes of rows that leave before the end of the tick. */
const manyBytes = 64 * 1024;

/** Session of a PostgreSQL server, over protocol 3.0. Statements are sent behind each other without waiting. */
export class WireConnection {
  /** Stream to the server, under TLS if it is used. */
  readonly stream: Duplex;
  readonly #options: WireOptions;
  readonly #output: OutputBuffer;
  readonly #statements: StatementCache;
  readonly #reader: MessageReader;
  readonly #sent: SentExchanges;
  #key: messages.CancelKey | undefined;
  #isOpen = true;
  /** First error of the socket, or of what was received. */
  #reason: Error | undefined;

  private constructor(socket: Duplex, options: WireOptions) {
    this.stream = socket;
    this.#options = options;
    this.#sent = new SentExchanges(options);
    this.#output = new OutputBuffer((bytes) => {
      if (!socket.destroyed) socket.write(bytes);
    });
    this.#statements = new StatementCache({
      max: options.maxStatements ?? defaultMaxStatements,
      isShared: options.isShared ?? false,
    });
    this.#reader = new MessageReader((type, bytes, start, end) => {
      if (this.#isOpen) this.#sent.receive(type, bytes, start, end);
    });
    socket.on("error", (error: Error) => this.#reason ??= error);
    socket.on("close", () => this.#end(this.#closed()));
    socket.on("data", (chunk: Buffer) => {
      if (!this.#isOpen) return;
      try {
        this.#reader.read(chunk);
      } catch (error) {
        this.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.resume();
  }

  /**
   * Starts a session on a connected socket, which is destroyed if that fails. Rejects with a {@link WireError}, an error of
   * TLS or the error of the server.
   */
  static async open(socket: Duplex, options: WireOptions): Promise<WireConnection> {
    const { host, user, password, database, tls, settings, signal } = options;
    const secure: Partial<SecureConnection> = tls === undefined
      ? {}
      : await negotiateTls(socket, host, { ...tls, signal });
    const connection = new WireConnection(secure.socket ?? socket, options);
    const output = connection.#output;
    const onAbort = (): void => connection.destroy(timedOut());
    signal?.addEventListener("abort", onAbort);
    try {
      signal?.throwIfAborted();
      connection.#key = await new Promise((onReady, onFailed) => {
        const { certificate } = secure;
        connection.#sent.push(new Handshake({ user, password, certificate, output, onReady, onFailed }));
        messages.writeStartup(output, { user, database, client_encoding: "UTF8", ...settings });
      });
    } catch (error) {
      connection.destroy();
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
    return connection;
  }

  /** Key that cancels its statements; undefined if the server has none. */
  get key(): messages.CancelKey | undefined {
    return this.#key;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the server runs this exchange now, or will next. */
  isFirst(exchange: object): boolean {
    return this.#sent.first === exchange;
  }

  /** Sends a statement with parameters as texts, and returns its exchange. The callbacks must not throw. */
  query(
    text: string,
    parameters: readonly (string | null)[],
    callbacks: StatementCallbacks,
  ): Exchange {
    const output = this.#output;
    const statements = this.#statements;
    const statement = statements.get(text);
    const leading = callbacks.leading?.map(({ text }) => statements.get(text));
    const exchange = new StatementExchange(statement, statements, { callbacks, leading });
    if (this.#refuses(exchange)) return exchange;
    const { pending } = output;
    const closing = statements.takeClosing(leading && [...leading, statement]);
    try {
      for (const name of closing) messages.writeCloseStatement(output, name);
      leading?.forEach((first, index) => {
        if (!first.isReady) messages.writeParse(output, first.name, first.text);
        messages.writeBind(output, first.name, callbacks.leading?.[index]?.parameters ?? []);
        messages.writeExecute(output);
      });
      if (!statement.isReady) messages.writeParse(output, statement.name, text);
      messages.writeBind(output, statement.name, parameters);
      if (statement.decoder === undefined) messages.writeDescribePortal(output);
      messages.writeExecuteAndSync(output);
      this.#sent.push(exchange);
    } catch (error) {
      // Without a Sync of its own, the response to them would arrive in that to whatever is sent next.
      statements.returnClosing(closing);
      for (const unsent of [...leading ?? [], statement]) statements.dropUnready(unsent);
      this.#takeBack(exchange, pending, error);
    }
    return exchange;
  }

  /** Sends statements without parameters in one message, and returns its exchange. The callbacks must not throw. */
  script(text: string, callbacks: ScriptCallbacks): Exchange {
    return this.#sendQuery(new ScriptExchange(callbacks), text);
  }

  /** Starts a COPY with the client, behind statements in flight: the server takes no others until its end. */
  copy(text: string, direction: CopyDirection, onData: OnCopyData): CopyExchange {
    return this.#sendQuery(new CopyExchange(direction, onData), text);
  }

  /** Sends messages of a COPY, soon or when there are many. Resolves when the socket takes more. */
  async sendRows(write: (output: OutputBuffer) => void): Promise<void> {
    write(this.#output);
    if (this.#output.pending >= manyBytes) this.#output.flush();
    if (!this.stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.stream.off("drain", done);
        this.stream.off("close", done);
        resolve();
      };
      this.stream.on("drain", done);
      this.stream.on("close", done);
    });
  }

  /** Stops or continues to receive, so that the server waits for a slow consumer. */
  receive(isWanted: boolean): void {
    if (isWanted) this.stream.resume();
    else this.stream.pause();
  }

  /** Closes it after the statements in flight, or when the time in milliseconds is over. */
  async close(timeoutMs = 0): Promise<void> {
    await this.#sent.drained(timeoutMs);
    if (!this.#isOpen) return;
    messages.writeTerminate(this.#output);
    this.#output.flush();
    this.stream.end();
    this.#end(new WireError("CONNECTION_ENDED", "The connection was closed by the program"));
  }

  /** Closes it without notice to the server, which may not respond. */
  destroy(reason?: Error): void {
    this.#reason ??= reason;
    this.stream.destroy();
    this.#end(this.#closed());
  }

  #sendQuery<E extends Exchange>(exchange: E, text: string): E {
    if (this.#refuses(exchange)) return exchange;
    const { pending } = this.#output;
    try {
      messages.writeQuery(this.#output, text);
      this.#sent.push(exchange);
    } catch (error) {
      this.#takeBack(exchange, pending, error);
    }
    return exchange;
  }

  /** Whether nothing can be sent, so that the exchange has failed. */
  #refuses(exchange: Exchange): boolean {
    if (!this.#isOpen) exchange.onLost(this.#closed());
    else if (this.#sent.last instanceof CopyExchange) {
      exchange.onLost(new Error("The connection is used by COPY"));
    } else return false;
    return true;
  }

  /** Fails an exchange whose text the protocol cannot transfer, which does not end the connection. */
  #takeBack(exchange: Exchange, pending: number, error: unknown): void {
    this.#output.rewind(pending);
    exchange.onLost(error instanceof Error ? error : new Error(String(error)));
  }

  #end(error: WireError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#sent.lose(error);
    this.#options.onClosed?.(error);
  }

  #closed(): WireError {
    const cause = this.#sent.reason ?? this.#reason;
    if (cause instanceof WireError) return cause;
    return cause instanceof Error
      ? new WireError("CONNECTION_CLOSED", `The connection was lost: ${cause.message}`, { cause })
      : new WireError("CONNECTION_CLOSED", "The server closed the connection");
  }
}
