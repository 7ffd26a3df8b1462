/** Types of frames (RFC 9113, section 6). */
export const FRAME = {
  data: 0x0,
  headers: 0x1,
  reset: 0x3,
  settings: 0x4,
  ping: 0x6,
  goAway: 0x7,
  windowUpdate: 0x8,
} as const;

/** Received frame. */
export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** Options of a client. */
export interface Http2ClientOptions {
  /**
   * Bytes that the server may send on a stream before the client permits more.
   *
   * @default 65_535
   */
  readonly window?: number | undefined;
}

const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const ACK = 1;
const END_STREAM = 1;
const END_HEADERS = 4;
const INITIAL_WINDOW_SIZE = 4;

/**
 * HTTP/2 connection under full control of a test. It sends any frames, and permits no byte more than the test does.
 * Header fields are sent as literals (RFC 7541, section 6.2.2).
 */
export class Http2Client implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #frames: Http2Frame[] = [];
  #waiting: (() => void)[] = [];
  #nextStream = 1;
  #isEnded = false;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Sends the preface and the settings on a connection, and acknowledges the settings of the server. */
  static async on(connection: Deno.Conn, { window = 65_535 }: Http2ClientOptions = {}): Promise<Http2Client> {
    const client = new Http2Client(connection);
    await client.#write(PREFACE);
    await client.send({ type: FRAME.settings, payload: [0, INITIAL_WINDOW_SIZE, ...uint32(window)] });
    void client.#receive();
    return client;
  }

  /** Connects without TLS, with prior knowledge (RFC 9113, section 3.3). */
  static async open(url: string, options: Http2ClientOptions = {}): Promise<Http2Client> {
    const { hostname, port } = new URL(url);
    return await Http2Client.on(await Deno.connect({ hostname, port: Number(port) }), options);
  }

  /**
   * Sends the head of a request, and returns its stream.
   *
   * @param isOpen Whether a body follows.
   */
  async request(fields: Readonly<Record<string, string>>, { isOpen = false } = {}): Promise<number> {
    const stream = this.#nextStream;
    this.#nextStream += 2;
    const all = { ":method": "GET", ":scheme": "http", ":path": "/", ...fields };
    const payload = Object.entries(all).flatMap(([name, value]) => [0, ...text(name), ...text(value)]);
    await this.send({
      type: FRAME.headers,
      flags: isOpen ? END_HEADERS : END_HEADERS | END_STREAM,
      stream,
      payload,
    });
    return stream;
  }

  /** Sends a frame. */
  async send(
    frame: { type: number; flags?: number; stream?: number; payload?: readonly number[] },
  ): Promise<void> {
    const { type, flags = 0, stream = 0, payload = [] } = frame;
    const length = uint32(payload.length).slice(1);
    await this.#write(Uint8Array.from([...length, type, flags, ...uint32(stream), ...payload]));
  }

  /** Frames received so far. */
  get frames(): readonly Http2Frame[] {
    return this.#frames;
  }

  /** Resolves with the first frame that matches, once it has been received; undefined if the connection ends before. */
  async frame(matches: (frame: Http2Frame) => boolean): Promise<Http2Frame | undefined> {
    for (;;) {
      const found = this.#frames.find(matches);
      if (found !== undefined || this.#isEnded) return found;
      await this.#more();
    }
  }

  /** Resolves when the server has closed the connection. */
  async ended(): Promise<void> {
    while (!this.#isEnded) await this.#more();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
  }

  async #receive(): Promise<void> {
    let pending = new Uint8Array();
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const count = await this.#connection.read(buffer).catch(() => null);
      if (count === null) break;
      const bytes = new Uint8Array(pending.length + count);
      bytes.set(pending);
      bytes.set(buffer.subarray(0, count), pending.length);
      pending = bytes.slice(this.#parse(bytes));
      this.#notify();
    }
    this.#isEnded = true;
    this.#notify();
  }

  /** Records the complete frames, and returns their size. */
  #parse(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    while (bytes.length - start >= 9) {
      const end = start + 9 + (view.getUint32(start) >>> 8);
      if (end > bytes.length) break;
      const type = view.getUint8(start + 3);
      const flags = view.getUint8(start + 4);
      this.#frames.push({
        ...{ type, flags, stream: view.getUint32(start + 5) },
        payload: bytes.slice(start + 9, end),
      });
      if (type === FRAME.settings && flags !== ACK) {
        this.send({ type: FRAME.settings, flags: ACK }).catch(() => {});
      }
      start = end;
    }
    return start;
  }

  #notify(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function uint32(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}

/** Encodes a string of less than 127 characters without compression (RFC 7541, section 5.2). */
function text(value: string): number[] {
  return [value.length, ...new TextEncoder().encode(value)];
}
