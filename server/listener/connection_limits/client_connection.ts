import type { Deadline, Deadlines } from "../../request/deadlines.ts";
import type { ConnectionDeadlines } from "./connection_deadlines.ts";
import { rawResponse } from "./raw_response.ts";
import { readHead, type Received } from "./read_head.ts";

/** Reason for closing a connection. */
export type DropReason = "request" | "idle" | "response" | "evicted" | "connect";

/** Options of a client connection. */
export interface ClientConnectionOptions {
  readonly deadlines: ConnectionDeadlines;
  /** Whether the client uses plain HTTP, so that an HTTP response can be written to the connection. */
  readonly plain: boolean;
  /** Connects to the HTTP server; once resolved, the connection can be found by its local port. */
  connect(connection: ClientConnection): Promise<Deno.TcpConn>;
  /** Called when the number of requests in flight rises above zero. */
  onBusy(connection: ClientConnection): void;
  /** Called when the number of requests in flight drops to zero. */
  onIdle(connection: ClientConnection): void;
  /** Called when the connection is closed because of its client, or to make room. */
  onDropped(reason: DropReason): void;
}

/** End of a response. */
export interface ResponseEnd {
  /** Whether the connection closes after it. */
  readonly closes: boolean;
  /** Whether the connection switches to another protocol (status 101). */
  readonly upgrades: boolean;
}

/** Size of a buffer in bytes: small, because most connections are idle, until a read fills it. */
const SMALL_BUFFER = 4096;
const LARGE_BUFFER = 65_536;

/**
 * Client's connection, proxied to the HTTP server. Bytes are forwarded unchanged and not parsed: the HTTP server
 * reports when a request begins and when its response is complete.
 */
export class ClientConnection {
  /** Address of the client. */
  readonly remoteAddr: Deno.NetAddr;
  /** Local port of the connection to the HTTP server; 0 until connected. */
  localPort = 0;
  readonly #client: Deno.TcpConn;
  readonly #options: ClientConnectionOptions;
  #server: Deno.TcpConn | undefined;
  #inFlight = 0;
  /** Whether a request was ever received. */
  #hasRequested = false;
  #received = false;
  #responded = false;
  #writing = false;
  #ended = false;
  #finalWrite: Promise<void> | undefined;
  /** Whether the connection has switched to another protocol, so that request timeouts no longer apply. */
  #upgraded = false;
  /** Deadline for the client's next action. */
  #deadline: Deadline | undefined;
  /** Whether bytes of an incomplete request have arrived; further bytes do not extend its deadline. */
  #receiving = false;
  /** Whether bytes have arrived since the last request began; more of its body may follow. */
  #receivedSinceRequest = false;

  constructor(client: Deno.TcpConn, options: ClientConnectionOptions) {
    this.remoteAddr = client.remoteAddr;
    this.#client = client;
    this.#options = options;
    this.#startDeadline(options.deadlines.read, () => this.drop("request"));
  }

  /** Forwards bytes until the connection ends. Never rejects. */
  async run(): Promise<void> {
    try {
      this.#client.setNoDelay(true);
      const first = await this.#readFirst();
      if (first === undefined || this.#ended) return;
      const server = await this.#connect();
      // It may have been closed while connecting.
      if (server === undefined || this.#ended) return;
      server.setNoDelay(true);
      const up = this.#forwardRequests(server, first);
      const down = this.#forwardResponses(server);
      await Promise.all([up, down]);
    } catch {
      // One side has closed; the other is closed below.
    } finally {
      await this.#finalWrite;
      this.end();
    }
  }

  /** Records the beginning of a request; {@link requestEnded} must follow. */
  requestStarted(): void {
    this.#hasRequested = true;
    this.#receiving = false;
    this.#receivedSinceRequest = false;
    if (this.#inFlight++ > 0) return;
    this.#deadline?.cancel();
    this.#options.onBusy(this);
  }

  /** Records the end of a response. */
  requestEnded({ closes, upgrades }: ResponseEnd): void {
    this.#inFlight--;
    this.#upgraded ||= upgrades;
    if (this.#inFlight > 0 || this.#ended || this.#upgraded) return;
    this.#options.onIdle(this);
    const { linger, idle } = this.#options.deadlines;
    // The platform keeps the connection open until the end of an unread request body.
    if (closes) this.#startDeadline(linger, () => this.end());
    else this.#startDeadline(idle, () => this.drop("idle"));
    this.#receiving = closes;
  }

  /** Request that the client may be about to send; undefined while one is in flight. */
  get expected(): "first" | "further" | undefined {
    if (this.#ended || this.#upgraded || this.#inFlight > 0) return undefined;
    return this.#hasRequested ? "further" : "first";
  }

  /** Closes the connection if it is idle; requests in flight may finish. */
  stop(): void {
    if (this.#server === undefined) this.end();
    else if (this.#inFlight === 0 && this.#receiving) {
      this.#startDeadline(this.#options.deadlines.linger, () => this.end());
    }
  }

  /** Closes the connection because of its client. Sends a response first unless one was already sent. */
  drop(reason: DropReason): void {
    if (this.#ended || this.#finalWrite !== undefined) return;
    this.#deadline?.cancel();
    this.#options.onDropped(reason);
    const silent = !this.#options.plain || !this.#received || this.#responded || this.#hasRequested;
    if (silent) return this.end();
    const end = (): void => this.end();
    // Never blocks: nothing was written yet, so the bytes fit into the send buffer.
    this.#finalWrite = this.#client.write(rawResponse(reason === "request" ? 408 : 503)).then(end, end);
  }

  /** Closes both connections immediately. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline?.cancel();
    closeQuietly(this.#client);
    if (this.#server !== undefined) closeQuietly(this.#server);
  }

  /** Reads the first bytes before connecting to the HTTP server. In plain HTTP these are the complete headers. */
  async #readFirst(): Promise<Received | undefined> {
    const received = (): void => void (this.#received = true);
    if (this.#options.plain) return await readHead(this.#client, received);
    const buffer = new Uint8Array(SMALL_BUFFER);
    const count = await this.#client.read(buffer);
    received();
    return count === null ? undefined : { buffer, count };
  }

  async #connect(): Promise<Deno.TcpConn | undefined> {
    try {
      this.#server = await this.#options.connect(this);
      if (this.#ended) closeQuietly(this.#server);
      return this.#server;
    } catch {
      this.drop("connect");
      return undefined;
    }
  }

  async #forwardRequests(server: Deno.TcpConn, first: Received): Promise<void> {
    let buffer = first.buffer;
    for (let count: number | null = first.count; count !== null;) {
      this.#recordReceived();
      await writeAll(server, buffer.subarray(0, count));
      if (count === buffer.length) buffer = enlarge(buffer);
      count = await this.#client.read(buffer);
    }
    await server.closeWrite();
  }

  async #forwardResponses(server: Deno.TcpConn): Promise<void> {
    let buffer = new Uint8Array(SMALL_BUFFER);
    for (;;) {
      const count = await server.read(buffer);
      if (count === null) break;
      this.#responded = true;
      this.#writing = true;
      const deadline = this.#options.deadlines.write.start(() => this.drop("response"));
      try {
        await writeAll(this.#client, buffer.subarray(0, count));
      } finally {
        deadline.cancel();
        this.#writing = false;
      }
      if (count === buffer.length) buffer = enlarge(buffer);
    }
    if (!this.#receivedSinceRequest) return this.end();
    // A client that still sends might lose the response if closed now (RFC 9112, section 9.6).
    await this.#client.closeWrite();
    this.#upgraded = false;
    this.#inFlight = 0;
    this.#startDeadline(this.#options.deadlines.linger, () => this.end());
  }

  /** Starts the read deadline at the first byte of a request; later bytes do not extend it. */
  #recordReceived(): void {
    this.#receivedSinceRequest = true;
    if (this.#inFlight > 0 || this.#receiving) return;
    this.#receiving = true;
    // The deadline of the first request runs from the beginning of the connection.
    if (this.#hasRequested) this.#startDeadline(this.#options.deadlines.read, () => this.drop("request"));
  }

  #startDeadline(deadlines: Deadlines, onPassed: () => void): void {
    this.#deadline?.cancel();
    if (this.#ended || this.#upgraded) return;
    this.#deadline = deadlines.start(() => {
      // The client is receiving a response, to which the write deadline applies.
      if (this.#writing) this.#startDeadline(deadlines, onPassed);
      else onPassed();
    });
  }
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  let written = await connection.write(bytes);
  while (written < bytes.length) written += await connection.write(bytes.subarray(written));
}

function enlarge(buffer: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Math.min(LARGE_BUFFER, buffer.length * 4));
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It was closed already.
  }
}
