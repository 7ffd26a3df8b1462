import { type ByteConnection, startCertifiedTls } from "./certified_tls.ts";
import { checkOptions, extractProtocolMessage, INFO } from "@nats-io/nats-core/internal";
import type {
  ConnectionOptions,
  Server,
  ServerInfo,
  TlsOptions,
  Transport,
} from "@nats-io/nats-core/internal";

const BUFFER_BYTES = 64 * 1024;

/** Maximum length of the server's first line, in bytes. */
const MAX_INFO_BYTES = 1024 * 1024;

/**
 * Transport of the NATS client over Deno's sockets. The client's transport for Node.js ends the process when the server
 * resets a refused connection (measured with 3.4.0 and Deno 2.9.6), and its transport for Deno is not on npm.
 */
export class NatsTransport implements Transport {
  readonly lang = "deno";
  readonly version = "1.0.0";
  closeError?: Error;
  #connection: ByteConnection | undefined;
  /** Bytes read before the client reads: the server speaks first. */
  #greeting = new Uint8Array(0);
  #encrypted = false;
  #isConnected = false;
  #isClosed = false;
  readonly #closed = Promise.withResolvers<void | Error>();
  #frames: Uint8Array[] = [];
  #writing: Promise<void> | undefined;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async connect({ hostname, port, tlsName }: Server, options: ConnectionOptions): Promise<void> {
    try {
      const connection = this.#adopt(await Deno.connect({ hostname, port }));
      connection.setNoDelay(true);
      const info = await this.#readInfo(connection);
      checkOptions(info, options);
      if (info.tls_required === true || (info.tls_available === true && options.tls !== null)) {
        await this.#startTls(connection, tlsName || hostname, options.tls ?? {});
        this.#encrypted = true;
      }
      this.#isConnected = true;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    yield this.#greeting;
    let failure: Error | undefined;
    try {
      while (!this.#isClosed) {
        const buffer = new Uint8Array(BUFFER_BYTES);
        const size = await this.#connection?.read(buffer);
        if (size === null || size === undefined) break;
        yield buffer.subarray(0, size);
      }
    } catch (error) {
      failure = error instanceof Error ? error : new Error("The connection was lost", { cause: error });
    }
    this.#end(failure);
  }

  isEncrypted(): boolean {
    return this.#encrypted;
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed) return;
    this.#frames.push(frame);
    this.#writing ??= this.#write().finally(() => this.#writing = undefined);
  }

  close(error?: Error): Promise<void> {
    this.#end(error);
    return Promise.resolve();
  }

  /** Closes the connection once all frames are written. */
  disconnect(): void {
    void Promise.resolve(this.#writing).then(() => this.#end());
  }

  closed(): Promise<void | Error> {
    return this.#closed.promise;
  }

  discard(): void {
    this.#end();
  }

  /** Adopts a connection, unless the client has closed the transport meanwhile. */
  #adopt<T extends ByteConnection>(connection: T): T {
    this.#connection = connection;
    if (!this.#isClosed) return connection;
    shut(connection);
    throw new Error("The transport was closed while connecting");
  }

  async #startTls(plain: Deno.TcpConn, hostname: string, { ca, cert, key }: TlsOptions): Promise<void> {
    if (cert !== undefined && key !== undefined) {
      this.#adopt(await startCertifiedTls(plain, { hostname, ca, cert, key }));
      return;
    }
    const options = { hostname, ...(ca !== undefined && { caCerts: [ca] }) };
    await this.#adopt(await Deno.startTls(plain, options)).handshake();
  }

  async #readInfo(connection: Deno.TcpConn): Promise<ServerInfo> {
    const chunk = new Uint8Array(BUFFER_BYTES);
    while (this.#greeting.length < MAX_INFO_BYTES) {
      const size = await connection.read(chunk);
      if (size === null) throw new Error("The server closed the connection");
      const greeting = new Uint8Array(this.#greeting.length + size);
      greeting.set(this.#greeting);
      greeting.set(chunk.subarray(0, size), this.#greeting.length);
      this.#greeting = greeting;
      const line = extractProtocolMessage(greeting);
      if (line === "") continue;
      const [, info] = INFO.exec(line) ?? [];
      if (info !== undefined) return JSON.parse(info);
      break;
    }
    throw new Error("The server does not speak the NATS protocol");
  }

  async #write(): Promise<void> {
    try {
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        for (let written = 0; written < frame.length;) {
          written += await this.#connection?.write(frame.subarray(written)) ?? frame.length;
        }
      }
    } catch {
      // Reading fails as well, and reports the error to the client.
      this.#frames = [];
    }
  }

  #end(error?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (error !== undefined) this.closeError = error;
    if (this.#connection !== undefined) shut(this.#connection);
    // The client would give up, instead of trying its next server, if a transport closed that never connected.
    if (this.#isConnected) this.#closed.resolve(error);
  }
}

function shut(connection: ByteConnection): void {
  try {
    connection.close();
  } catch (error) {
    // Already closed by the platform, such as a TCP connection that was upgraded to TLS.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
