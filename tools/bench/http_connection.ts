import { ResponseParser } from "./response_parser.ts";

/** Response to one request, without its body. */
export interface ResponseHead {
  readonly status: number;
  readonly etag: string | undefined;
}

/** Address that requests are sent to. */
export interface Target {
  readonly hostname: string;
  readonly port: number;
}

/** One kept-alive HTTP/1.1 connection with at most one request in flight. */
export class HttpConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #parser = new ResponseParser();
  readonly #buffer = new Uint8Array(64 * 1024);

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async open({ hostname, port }: Target): Promise<HttpConnection> {
    const connection = await Deno.connect({ hostname, port });
    connection.setNoDelay(true);
    return new HttpConnection(connection);
  }

  /** Sends a request's bytes and reads the response to its end. */
  async exchange(request: Uint8Array): Promise<ResponseHead> {
    let sent = await this.#connection.write(request);
    while (sent < request.length) sent += await this.#connection.write(request.subarray(sent));
    while (true) {
      const read = await this.#connection.read(this.#buffer);
      if (read === null) throw new Error("Reading a response failed: the server closed the connection");
      if (this.#parser.push(this.#buffer.subarray(0, read))) return this.#parser;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
