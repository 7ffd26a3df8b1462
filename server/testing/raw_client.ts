/** A connection of a client that does as it likes: it sends what it wants, when it wants, and reads or does not. */
export class RawClient implements Disposable {
  readonly #connection: Deno.TcpConn | Deno.TlsConn;
  readonly #decoder = new TextDecoder();

  private constructor(connection: Deno.TcpConn | Deno.TlsConn) {
    this.#connection = connection;
  }

  /** Connects to where a URL points to, whatever its scheme is. */
  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    return new RawClient(
      await Deno.connect({ hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) }),
    );
  }

  /** The same on a connection that is there already. */
  static on(connection: Deno.TcpConn | Deno.TlsConn): RawClient {
    return new RawClient(connection);
  }

  get localAddr(): Deno.NetAddr {
    return this.#connection.localAddr;
  }

  /** Sends a text; each character stands for the byte of its code. */
  async send(text: string): Promise<void> {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
  }

  /** Sends no more; the other direction stays open. */
  async closeWrite(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** What arrives next, at most 64 KiB of it; undefined: the connection has ended. */
  async read(): Promise<string | undefined> {
    const buffer = new Uint8Array(65_536);
    const count = await this.#connection.read(buffer).catch(() => null);
    return count === null ? undefined : this.#decoder.decode(buffer.subarray(0, count), { stream: true });
  }

  /** Everything that arrives until a text has. */
  async readUntil(end: string): Promise<string> {
    let text = "";
    while (!text.includes(end)) {
      const more = await this.read();
      if (more === undefined) throw new Error("The connection ended before the answer did");
      text += more;
    }
    return text;
  }

  /** Everything that arrives until the connection has ended. */
  async readAll(): Promise<string> {
    let text = "";
    for (let more = await this.read(); more !== undefined; more = await this.read()) text += more;
    return text;
  }

  /** Sends one byte after the other, without an end, until the other side has had enough; gives all it said. */
  async trickle(byte: string): Promise<string> {
    let ended = false;
    const answer = this.readAll().finally(() => ended = true);
    while (!ended) {
      // Nobody listens any more: what was said before can still be read.
      await this.send(byte).catch(() => ended = true);
      await pause();
    }
    return await answer;
  }

  /** The same without ever reading. */
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
