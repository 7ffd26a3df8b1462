import { isIP } from "node:net";
import { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";

/** Connection of bytes, such as `Deno.Conn`. */
export type ByteConnection = Pick<Deno.Conn, "read" | "write" | "close">;

/** Options of TLS with a client certificate. */
export interface CertifiedTlsOptions {
  /** Name or address that the server's certificate has to be valid for. */
  readonly hostname: string;
  /** Certificates to trust, in PEM. @default those of the platform */
  readonly ca?: string | undefined;
  /** Client certificate and its chain, in PEM. */
  readonly cert: string;
  /** Private key of the client certificate, in PEM. */
  readonly key: string;
}

const BUFFER_BYTES = 64 * 1024;

/**
 * Starts TLS on a connection with a client certificate, which `Deno.startTls` does not take, and verifies the server's
 * certificate.
 */
export async function startCertifiedTls(
  plain: Deno.Conn,
  { hostname, ca, cert, key }: CertifiedTlsOptions,
): Promise<ByteConnection> {
  const trusted = ca === undefined ? {} : { ca };
  // The name for SNI, which addresses do not have. The certificate is verified for either.
  const name = isIP(hostname) === 0 ? { servername: hostname } : {};
  const socket = connect({ socket: duplexOf(plain), host: hostname, ...name, ...trusted, cert, key });
  // Errors also reject what waits for the socket; without a listener they would end the process.
  socket.on("error", () => {});
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("secureConnect", resolve).once("error", reject);
  socket.once("close", () => reject(new Error("The server closed the connection during the TLS handshake")));
  try {
    await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return new CertifiedTls(socket);
}

class CertifiedTls implements ByteConnection {
  readonly #socket: TLSSocket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #left = new Uint8Array(0);

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#left.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      this.#left = new Uint8Array(value);
    }
    const size = Math.min(buffer.length, this.#left.length);
    buffer.set(this.#left.subarray(0, size));
    this.#left = this.#left.subarray(size);
    return size;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    // A copy, as the caller may reuse its buffer.
    this.#socket.write(bytes.slice(), (error) => error ? reject(error) : resolve(bytes.length));
    return await promise;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Returns a connection as a stream of Node.js, which closes the connection with itself. */
function duplexOf(connection: Deno.Conn): Duplex {
  const buffer = new Uint8Array(BUFFER_BYTES);
  return new Duplex({
    read(): void {
      connection.read(buffer).then(
        (size) => this.push(size === null ? null : buffer.slice(0, size)),
        (error) => this.destroy(error),
      );
    },
    write(chunk: Uint8Array, _encoding, done): void {
      writeAll(connection, chunk).then(() => done(), done);
    },
    destroy(error, done): void {
      try {
        connection.close();
      } catch (failure) {
        if (!(failure instanceof Deno.errors.BadResource)) throw failure;
      }
      done(error);
    },
  });
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}
