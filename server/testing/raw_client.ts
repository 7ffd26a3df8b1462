/** Client connection under full control of a test. It sends any bytes at any time, and reads or does not. */
export class RawClient implements Disposable {
  readonly #connection: Deno.TcpConn | Deno.TlsConn;
  readonly #decoder = new TextDecoder();

  private constructor(connection: Deno.TcpConn | Deno.TlsConn) {
    this.#connection = connection;
  }

  /** Connects to the host and port of a URL, regardless of its scheme. */
  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    return new RawClient(
      await Deno.connect({ hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) }),
    );
  }

  /** Wraps an existing connection. */
  static on(connection: Deno.TcpConn | Deno.TlsConn): RawClient {
    return new RawClient(connection);
  }

  get localAddr(): Deno.NetAddr {
    return this.#connection.localAddr;
  }

  /** Sends a text, one byte per character. */
  async send(text: string): Promise<void> {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
  }

  /** Closes the sending side only. */
  async closeWrite(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** Returns the next bytes received, at most 64 KiB; undefined at the end of the connection. */
  async read(): Promise<string | undefined> {
    const buffer = new Uint8Array(65_536);
    const count = await this.#connection.read(buffer).catch(() => null);
    return count === null ? undefined : this.#decoder.decode(buffer.subarray(0, count), { stream: true });
  }

  /** Returns everything received up to and including a text. */
  async readUntil(end: string): Promise<string> {
    let text = "";
    while (!text.includes(end)) {
      const more = await this.read();
      if (more === undefined) throw new Error("The connection ended before the response");
      text += more;
    }
    return text;
  }

  /** Returns everything received until the connection ends. */
  async readAll(): Promise<string> {
    let text = "";
    for (let more = await this.read(); more !== undefined; more = await this.read()) text += more;
    return text;
  }

  /** Sends one byte after another until the server closes the connection. Returns everything received. */
  async trickle(byte: string): Promise<string> {
    let ended = false;
    const received = this.readAll().finally(() => ended = true);
    while (!ended) {
      // The server has closed the connection; earlier bytes can still be read.
      await this.send(byte).catch(() => ended = true);
      await pause();
    }
    return await received;
  }

  /** Sends one byte after another, without reading, until the server closes the connection. */
  async trickleUnread(byte: string): Promise<void> {
    while (true) {
      try {
        await this.send(byte);
      } catch {
        return;
      }
      await pause();
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
