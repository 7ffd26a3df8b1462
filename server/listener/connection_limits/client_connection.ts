import type { Peer } from "../../listener.ts";
import type { Deadline, Deadlines } from "../../request/deadlines.ts";
import { type ClientProtocol, protocolOfClientHello, protocolOfHead } from "./client_protocol.ts";
import type { ConnectionDeadlines } from "./connection_deadlines.ts";
import { ExpectContinue } from "./expect_continue.ts";
import { HalfClose } from "./half_close.ts";
import { readClientHello } from "./read_client_hello.ts";
import { rawResponse } from "./raw_response.ts";
import { type ByteSource, readHead, type Received } from "./read_head.ts";
import { readProxyHeader } from "./read_proxy_header.ts";
import { ResponseDebt } from "./response_debt.ts";

/** Reason for closing a connection. */
export type DropReason = "request" | "idle" | "response" | "evicted" | "connect" | "proxyHeader";

/** Options of a client connection. */
export interface ClientConnectionOptions {
  readonly deadlines: ConnectionDeadlines;
  /** Whether the client uses plain HTTP, so that an HTTP response can be written to the connection. */
  readonly plain: boolean;
  /** Whether the connection is that of a proxy which sends a header of the PROXY protocol first. */
  readonly proxied: boolean;
  /** Called with a proxied connection whose client is known; returns whether the client may have it. */
  onProxied(connection: ClientConnection): boolean;
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
const SMALL_BUFFER = 1024;
const LARGE_BUFFER = 65_536;

/**
 * Bytes that an HTTP/2 connection may send between two requests: acknowledgements, pings, window updates, and what is
 * left of bodies that were refused. The HTTP server permits 1 MiB of a body before the client sees its response.
 */
const MAX_UNREQUESTED_BYTES = 2_097_152;

/**
 * Client's connection, proxied to the HTTP server. Bytes are forwarded unchanged and not parsed: the HTTP server
 * reports when a request begins and when its response is complete.
 */
export class ClientConnection implements Peer {
  /** Address of the client; that of the proxy until its header has arrived. */
  remoteAddr: Deno.NetAddr;
  /** Whether the header of the proxy has named no client. */
  isAnonymous = false;
  /** Response bodies that the client has not taken yet. */
  readonly debt: ResponseDebt;
  /** Local port of the connection to the HTTP server; 0 until connected. */
  localPort = 0;
  readonly #client: Deno.TcpConn;
  /** Bytes of the client, without those of a proxy. */
  #source: ByteSource;
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
  #protocol: ClientProtocol = "http/1.1";
  /** Bytes received on an HTTP/2 connection since its last request. */
  #unrequestedBytes = 0;
  readonly #halfClose: HalfClose;
  /** Interim response to the first request. */
  readonly #interim: ExpectContinue;

  constructor(client: Deno.TcpConn, options: ClientConnectionOptions) {
    this.remoteAddr = client.remoteAddr;
    this.#client = client;
    this.#source = client;
    this.#options = options;
    this.debt = new ResponseDebt(options.deadlines.write, () => this.drop("response"));
    // Nothing was written yet, so the bytes fit into the send buffer. An error ends the connection elsewhere.
    this.#interim = new ExpectContinue((bytes) => void client.write(bytes).catch(() => {}));
    this.#halfClose = new HalfClose(options.deadlines, () => this.#inFlight > 0);
    this.#startDeadline(options.deadlines.read, () => this.drop("request"));
  }

  /** The platform calls a server on 127.0.0.1 by its name. */
  get internalAuthority(): string {
    return `localhost:${this.#server?.remoteAddr.port}`;
  }

  /** Address that the client has connected to, for HTTP/1.0; later versions require `Host`. */
  get fallbackAuthority(): string | undefined {
    if (this.#protocol !== "http/1.0") return undefined;
    const { hostname, port } = this.#client.localAddr;
    return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  }

  permitBody(): void {
    this.#interim.permit();
  }

  responding(bodyBytes: number, { signal }: Request): void {
    // A client of HTTP/2 may have cancelled this request alone; it will not get the response.
    if (this.#protocol === "h2" && signal.aborted) return;
    this.debt.add(bodyBytes);
  }

  /** Forwards bytes until the connection ends. Never rejects. */
  async run(): Promise<void> {
    try {
      this.#client.setNoDelay(true);
      if (this.#options.proxied && !await this.#readProxyHeader()) return;
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
  requestStarted(request: Request): void {
    // The platform notices that a request is cancelled only if its signal exists by then.
    if (this.#protocol === "h2") void request.signal;
    this.#hasRequested = true;
    this.#receiving = false;
    this.#receivedSinceRequest = false;
    this.#unrequestedBytes = 0;
    if (this.#inFlight++ > 0) return;
    this.#deadline?.cancel();
    this.#halfClose.update();
    this.#options.onBusy(this);
  }

  /** Records the end of a response. */
  requestEnded({ closes, upgrades }: ResponseEnd): void {
    this.#inFlight--;
    this.#upgraded ||= upgrades;
    if (this.#inFlight > 0 || this.#ended || this.#upgraded) return;
    this.#options.onIdle(this);
    this.#halfClose.update();
    const { linger, idle } = this.#options.deadlines;
    // A header of one response says nothing about an HTTP/2 connection (RFC 9113, section 8.2.2).
    const ends = closes && this.#protocol !== "h2";
    // The platform keeps the connection open until the end of an unread request body.
    if (ends) this.#startDeadline(linger, () => this.end());
    else this.#startDeadline(idle, () => this.drop("idle"));
    this.#receiving = ends;
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
    this.debt[Symbol.dispose]();
    this.#halfClose[Symbol.dispose]();
    closeQuietly(this.#client);
    if (this.#server !== undefined) closeQuietly(this.#server);
  }

  /** Reads the header of a proxy; returns whether its client may be served. */
  async #readProxyHeader(): Promise<boolean> {
    const header = await readProxyHeader(this.#client);
    if (header === "malformed") this.drop("proxyHeader");
    if (header === undefined || header === "malformed") return false;
    this.#source = header.rest;
    this.isAnonymous = header.client === undefined;
    if (header.client === undefined) return true;
    this.remoteAddr = header.client;
    return this.#options.onProxied(this);
  }

  /** Reads the first bytes before connecting to the HTTP server: the complete headers, or the ClientHello of TLS. */
  async #readFirst(): Promise<Received | undefined> {
    const received = (): void => void (this.#received = true);
    const { plain } = this.#options;
    const first = await (plain ? readHead : readClientHello)(this.#source, received);
    if (first === undefined) return undefined;
    const bytes = first.buffer.subarray(0, first.count);
    this.#protocol = plain ? protocolOfHead(bytes) : protocolOfClientHello(bytes);
    return first;
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
      this.#recordReceived(count);
      await writeAll(server, buffer.subarray(0, count));
      if (count === buffer.length) buffer = enlarge(buffer);
      count = await this.#source.read(buffer);
    }
    const mayRequestMore = !this.#hasRequested || this.#inFlight > 0 || this.#receivedSinceRequest;
    if (mayRequestMore) await this.#halfClose.wait();
    if (!this.#ended) await server.closeWrite();
  }

  async #forwardResponses(server: Deno.TcpConn): Promise<void> {
    let buffer = new Uint8Array(SMALL_BUFFER);
    for (;;) {
      const count = await server.read(buffer);
      if (count === null) break;
      const received = buffer.subarray(0, count);
      // In later bytes an interim response cannot be distinguished from a body.
      const isFirst = this.#options.plain && !this.#responded;
      const bytes = isFirst ? this.#interim.remove(received, this.#protocol) : received;
      if (bytes.length === 0) continue;
      this.#responded = true;
      this.#interim.discard();
      this.#writing = true;
      const deadline = this.#options.deadlines.write.start(() => this.drop("response"));
      try {
        await writeAll(this.#client, bytes);
        this.debt.subtract(count);
      } finally {
        deadline.cancel();
        this.#writing = false;
      }
      if (count === buffer.length) buffer = enlarge(buffer);
    }
    this.#halfClose[Symbol.dispose]();
    if (!this.#receivedSinceRequest) return this.end();
    // A client that still sends might lose the response if closed now (RFC 9112, section 9.6).
    await this.#client.closeWrite();
    this.#upgraded = false;
    this.#inFlight = 0;
    this.#startDeadline(this.#options.deadlines.linger, () => this.end());
  }

  /** Starts the read deadline at the first byte of a request; later bytes do not extend it. */
  #recordReceived(bytes: number): void {
    this.#receivedSinceRequest = true;
    if (this.#inFlight > 0 || this.#receiving) return;
    if (this.#protocol === "h2" && this.#hasRequested) {
      // Most of these bytes do not begin a request, so the idle deadline goes on.
      this.#unrequestedBytes += bytes;
      if (this.#unrequestedBytes > MAX_UNREQUESTED_BYTES) this.drop("request");
      return;
    }
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
