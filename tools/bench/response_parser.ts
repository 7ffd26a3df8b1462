const CR = 13;
const LF = 10;
const DECODER = new TextDecoder("latin1");

/** Part that is read next. */
type State = "head" | "body" | "chunk-size" | "chunk" | "chunk-end" | "trailer" | "done";

/**
 * Reads the responses of one HTTP/1.1 connection (RFC 9112), one after the other, with Content-Length or chunked.
 * Bodies are counted and discarded. Responses to HEAD, and those that end with their connection, are not supported.
 */
export class ResponseParser {
  /** Status of the response that was read last. */
  status = 0;
  /** `ETag` of the response that was read last, as it was sent. */
  etag: string | undefined;
  #state: State = "done";
  /** Part of a head or of a line that came without its end. */
  #rest: Uint8Array = new Uint8Array();
  /** Bytes of the body or of the chunk that are still to come. */
  #missing = 0;

  /**
   * Takes the next bytes of the connection.
   *
   * @returns whether the response is complete with them; the next bytes then begin another one.
   * @throws {Error} if they are no supported response, or more than one.
   */
  push(bytes: Uint8Array): boolean {
    if (this.#isDone) this.#state = "head";
    let unread = bytes;
    if (this.#rest.length > 0) {
      unread = new Uint8Array(this.#rest.length + bytes.length);
      unread.set(this.#rest);
      unread.set(bytes, this.#rest.length);
      this.#rest = new Uint8Array();
    }
    let offset = 0;
    while (!this.#isDone) {
      const next = this.#step(unread, offset);
      if (next === undefined) {
        // A copy: the reader of the connection reuses its buffer.
        this.#rest = unread.slice(offset);
        return false;
      }
      offset = next;
    }
    if (offset < unread.length) throw new Error("Reading a response failed: bytes follow its end");
    return true;
  }

  get #isDone(): boolean {
    return this.#state === "done";
  }

  /** Reads one part; returns the offset behind it, or undefined if the part is not complete. */
  #step(bytes: Uint8Array, offset: number): number | undefined {
    switch (this.#state) {
      case "head": {
        const end = endOfHead(bytes, offset);
        if (end !== undefined) this.#readHead(DECODER.decode(bytes.subarray(offset, end)));
        return end;
      }
      case "body":
      case "chunk": {
        const taken = Math.min(this.#missing, bytes.length - offset);
        this.#missing -= taken;
        if (this.#missing === 0) this.#state = this.#state === "body" ? "done" : "chunk-end";
        else if (taken === 0) return undefined;
        return offset + taken;
      }
      default: {
        const end = endOfLine(bytes, offset);
        if (end !== undefined) this.#readLine(DECODER.decode(bytes.subarray(offset, end - 2)));
        return end;
      }
    }
  }

  #readHead(head: string): void {
    const [, status] = /^HTTP\/1\.1 (\d{3})[ \r]/.exec(head) ?? [];
    if (status === undefined) throw new Error("Reading a response failed: no HTTP/1.1 status line");
    this.status = Number(status);
    // Interim responses stand before the one that counts (RFC 9110, section 15.2).
    if (this.status < 200) return;
    this.etag = /\r\netag:[ \t]*([^\r]*?)[ \t]*\r/i.exec(head)?.[1];
    const length = /\r\ncontent-length:[ \t]*(\d+)[ \t]*\r/i.exec(head)?.[1];
    if (this.status === 204 || this.status === 304 || length === "0") {
      this.#state = "done";
    } else if (/\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r/i.test(head)) {
      this.#state = "chunk-size";
    } else if (length !== undefined) {
      this.#missing = Number(length);
      this.#state = "body";
    } else {
      throw new Error("Reading a response failed: it has no length");
    }
  }

  #readLine(line: string): void {
    if (this.#state === "chunk-size") {
      const [, size] = /^([0-9a-f]{1,8})(?:[ \t]*;.*)?$/i.exec(line) ?? [];
      if (size === undefined) throw new Error("Reading a response failed: a chunk has no size");
      this.#missing = Number.parseInt(size, 16);
      this.#state = this.#missing === 0 ? "trailer" : "chunk";
    } else if (this.#state === "chunk-end") {
      if (line !== "") throw new Error("Reading a response failed: a chunk is longer than its size");
      this.#state = "chunk-size";
    } else if (line === "") {
      this.#state = "done";
    }
  }
}

function endOfLine(bytes: Uint8Array, offset: number): number | undefined {
  const lf = bytes.indexOf(LF, offset);
  return lf > offset && bytes[lf - 1] === CR ? lf + 1 : undefined;
}

function endOfHead(bytes: Uint8Array, offset: number): number | undefined {
  for (let lf = bytes.indexOf(LF, offset + 3); lf !== -1; lf = bytes.indexOf(LF, lf + 1)) {
    if (bytes[lf - 1] === CR && bytes[lf - 2] === LF && bytes[lf - 3] === CR) return lf + 1;
  }
  return undefined;
}
