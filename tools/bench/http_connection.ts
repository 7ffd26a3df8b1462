import { type ParsedResponse, parseResponse } from "./response_parser.ts";

/** Address that requests are sent to. */
export interface Target {
  readonly hostname: string;
  readonly port: number;
}

/** Options of a connection. */
interface HttpConnectionOptions {
  /** Bytes of a response that are read at once; a longer response enlarges the buffer. @default {65_536} */
  readonly bufferBytes?: number;
}

/** One kept-alive HTTP/1.1 connection with at most one request in flight. */
export class HttpConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  #buffer: Uint8Array<ArrayBuffer>;

  constructor(connection: Deno.TcpConn, { bufferBytes = 64 * 1024 }: HttpConnectionOptions = {}) {
    this.#connection = connection;
    this.#buffer = new Uint8Array(bufferBytes);
  }

  static async open({ hostname, port }: Target, options?: HttpConnectionOptions): Promise<HttpConnection> {
    const connection = await Deno.connect({ hostname, port });
    connection.setNoDelay(true);
    return new HttpConnection(connection, options);
  }

  /** Sends a request's bytes and reads the response to its end. */
  async exchange(request: Uint8Array): Promise<ParsedResponse> {
    let sent = await this.#connection.write(request);
    while (sent < request.length) sent += await this.#connection.write(request.subarray(sent));
    for (let filled = 0;;) {
      if (filled === this.#buffer.length) {
        const larger = new Uint8Array(filled * 2);
        larger.set(this.#buffer);
        this.#buffer = larger;
      }
      const read = await this.#connection.read(this.#buffer.subarray(filled));
      if (read === null) throw new Error("Reading a response failed: the server closed the connection");
      const response = parseResponse(this.#buffer.subarray(0, filled += read));
      if (response === undefined) continue;
      if (response.length < filled) throw new Error("Reading a response failed: bytes follow its end");
      return response;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
