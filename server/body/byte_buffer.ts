/** Size of the first buffer. */
const INITIAL_BYTES = 1024;

/**
 * Bytes that arrive in pieces. They are copied: the platform gives each piece a buffer of 64 KB, so that a client that
 * sends single bytes would hold a multiple of what it has sent.
 */
export class ByteBuffer {
  #buffer = new Uint8Array();
  #size = 0;

  /** Number of bytes. */
  get size(): number {
    return this.#size;
  }

  /** Adds a copy of a piece. */
  add(piece: Uint8Array): void {
    const size = this.#size + piece.length;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(INITIAL_BYTES, size, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#size);
    this.#size = size;
  }

  /** Returns the bytes, and is then empty. */
  take(): Uint8Array<ArrayBuffer> {
    const whole = this.#buffer.subarray(0, this.#size);
    this.#buffer = new Uint8Array();
    this.#size = 0;
    return whole;
  }
}
