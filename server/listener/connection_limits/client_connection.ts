import type { Deadline, Deadlines } from "../../request/deadlines.ts";
import type { ConnectionDeadlines } from "./connection_deadlines.ts";
import { rawResponse } from "./raw_response.ts";
import { readHead, type Received } from "./read_head.ts";

/** Why the guard ended a connection. */
export type DropReason = "request" | "idle" | "answer" | "evicted" | "connect";

/** What a connection needs of its guard. */
export interface ClientConnectionOptions {
  readonly deadlines: ConnectionDeadlines;
  /** Whether bytes can be said to the client in plain HTTP. */
  readonly plain: boolean;
  /** Opens the way to the HTTP server. The connection can be found by its local port when this has resolved. */
  connect(connection: ClientConnection): Promise<Deno.TcpConn>;
  /** A request is under way, the first of those that are. */
  onBusy(connection: ClientConnection): void;
  /** No request is under way any more. */
  onSpare(connection: ClientConnection): void;
  /** It is ended because of its client, or to make room. */
  onDropped(reason: DropReason): void;
}

/** What is known of an answer when it is done. */
export interface ResponseEnd {
  /** No other request is taken after it. */
  readonly closes: boolean;
  /** The connection is used for another protocol from now on (status 101). */
  readonly upgrades: boolean;
}

/** The room for bytes on their way: small, since most connections are idle, until a read fills it. */
const SMALL_BUFFER = 4096;
const LARGE_BUFFER = 65_536;

/**
 * A client's connection and the one to the HTTP server that stands for it. Bytes are passed on as they are. Where the
 * client stands is not read out of them: the HTTP server tells when a request begins and when its answer is done.
 */
export class ClientConnection {
  /** The address of the client itself. */
  readonly remoteAddr: Deno.NetAddr;
  /** The port that it is passed on from; 0 while nothing is. */
  localPort = 0;
  readonly #client: Deno.TcpConn;
  readonly #parts: ClientConnectionOptions;
  #server: Deno.TcpConn | undefined;
  #inFlight = 0;
  /** A request has begun at some time. */
  #proven = false;
  #received = false;
  #answered = false;
  #writing = false;
  #ended = false;
  #farewell: Promise<void> | undefined;
  /** The client speaks another protocol now, and nothing is known of its turns. */
  #upgraded = false;
  /** The client has to begin a request until this passes, or to go. */
  #turn: Deadline | undefined;
  /** Bytes have come that belong to no request yet: what follows them is no reason to wait any longer. */
  #sending = false;
  /** Bytes have come since the last request began; there may be more of them. */
  #sentSinceBegan = false;

  constructor(client: Deno.TcpConn, parts: ClientConnectionOptions) {
    this.remoteAddr = client.remoteAddr;
    this.#client = client;
    this.#parts = parts;
    this.#wait(parts.deadlines.read, () => this.drop("request"));
  }

  /** Passes bytes on until the connection has ended. Never rejects. */
  async run(): Promise<void> {
    try {
      this.#client.setNoDelay(true);
      const first = await this.#readFirst();
      if (first === undefined || this.#ended) return;
      const server = await this.#connect();
      // It may have been ended meanwhile.
      if (server === undefined || this.#ended) return;
      server.setNoDelay(true);
      const up = this.#passUp(server, first);
      const down = this.#passDown(server);
      await Promise.all([up, down]);
    } catch {
      // Either side is gone, and so is the other one.
    } finally {
      await this.#farewell;
      this.end();
    }
  }

  /** A request of this connection has begun. {@link requestEnded} has to follow. */
  requestBegan(): void {
    this.#proven = true;
    this.#sending = false;
    this.#sentSinceBegan = false;
    if (this.#inFlight++ > 0) return;
    this.#turn?.cancel();
    this.#parts.onBusy(this);
  }

  /** The whole answer to a request was handed over. */
  requestEnded({ closes, upgrades }: ResponseEnd): void {
    this.#inFlight--;
    this.#upgraded ||= upgrades;
    if (this.#inFlight > 0 || this.#ended || this.#upgraded) return;
    this.#parts.onSpare(this);
    const { linger, idle } = this.#parts.deadlines;
    // The platform would wait for the end of a body that nobody reads before it closes.
    if (closes) this.#wait(linger, () => this.end());
    else this.#wait(idle, () => this.drop("idle"));
    this.#sending = closes;
  }

  /** The server stops: what is under way may finish, nothing else is waited for. */
  stop(): void {
    if (this.#server === undefined) this.end();
    else if (this.#inFlight === 0 && this.#sending) {
      this.#wait(this.#parts.deadlines.linger, () => this.end());
    }
  }

  /** Ends it because the client has not kept its part; tells it so where nothing else was said. */
  drop(reason: DropReason): void {
    if (this.#ended || this.#farewell !== undefined) return;
    this.#turn?.cancel();
    this.#parts.onDropped(reason);
    const silent = !this.#parts.plain || !this.#received || this.#answered || this.#proven;
    if (silent) return this.end();
    const end = (): void => this.end();
    // There is room for these few bytes: nothing was sent yet.
    this.#farewell = this.#client.write(rawResponse(reason === "request" ? 408 : 503)).then(end, end);
  }

  /** Ends both connections at once. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#turn?.cancel();
    closeQuietly(this.#client);
    if (this.#server !== undefined) closeQuietly(this.#server);
  }

  /** A client that has not asked for anything costs the HTTP server nothing: bytes, or where they are plain, a head. */
  async #readFirst(): Promise<Received | undefined> {
    const received = (): void => void (this.#received = true);
    if (this.#parts.plain) return await readHead(this.#client, received);
    const buffer = new Uint8Array(SMALL_BUFFER);
    const count = await this.#client.read(buffer);
    received();
    return count === null ? undefined : { buffer, count };
  }

  async #connect(): Promise<Deno.TcpConn | undefined> {
    try {
      this.#server = await this.#parts.connect(this);
      if (this.#ended) closeQuietly(this.#server);
      return this.#server;
    } catch {
      this.drop("connect");
      return undefined;
    }
  }

  /** From the client to the server. */
  async #passUp(server: Deno.TcpConn, first: Received): Promise<void> {
    let buffer = first.buffer;
    for (let count: number | null = first.count; count !== null;) {
      this.#noteReceived();
      await writeAll(server, buffer.subarray(0, count));
      if (count === buffer.length) buffer = enlarge(buffer);
      count = await this.#client.read(buffer);
    }
    await server.closeWrite();
  }

  /** From the server to the client. */
  async #passDown(server: Deno.TcpConn): Promise<void> {
    let buffer = new Uint8Array(SMALL_BUFFER);
    for (;;) {
      const count = await server.read(buffer);
      if (count === null) break;
      this.#answered = true;
      this.#writing = true;
      const deadline = this.#parts.deadlines.write.start(() => this.drop("answer"));
      try {
        await writeAll(this.#client, buffer.subarray(0, count));
      } finally {
        deadline.cancel();
        this.#writing = false;
      }
      if (count === buffer.length) buffer = enlarge(buffer);
    }
    if (!this.#sentSinceBegan) return this.end();
    // Closing now could take the answer from a client that still sends (RFC 9112, section 9.6).
    await this.#client.closeWrite();
    this.#upgraded = false;
    this.#inFlight = 0;
    this.#wait(this.#parts.deadlines.linger, () => this.end());
  }

  /** Bytes that belong to no request under way have to become one in time, however many follow them. */
  #noteReceived(): void {
    this.#sentSinceBegan = true;
    if (this.#inFlight > 0 || this.#sending) return;
    this.#sending = true;
    // The first request has its time from the beginning of the connection.
    if (this.#proven) this.#wait(this.#parts.deadlines.read, () => this.drop("request"));
  }

  #wait(deadlines: Deadlines, onPassed: () => void): void {
    this.#turn?.cancel();
    if (this.#ended || this.#upgraded) return;
    this.#turn = deadlines.start(() => {
      // It reads an answer that is on its way, and has another deadline for that.
      if (this.#writing) this.#wait(deadlines, onPassed);
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
