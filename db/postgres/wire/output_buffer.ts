import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { DatabaseError } from "../../errors.ts";

/** Size of a slab. Messages of many ticks share one. */
const slabBytes = 16 * 1024;

/** Length up to which a loop encodes a text faster than the encoder (measured). */
const shortText = 64;

/** Length from which the exact size is worth another pass over the text. */
const longText = 4_096;

/** Maximum length of a message, including itself. A server ends the session of a client that sends a longer one. */
const maxMessage = 0x3fffffff - 1;

const encoder = new TextEncoder();

/**
 * Output of one connection. Messages are written behind each other and leave in one write at the end of the tick.
 * What has left is never overwritten, since the socket may still read it.
 */
export class OutputBuffer {
  readonly #send: (bytes: Uint8Array) => void;
  #bytes: Buffer = Buffer.alloc(0);
  /** Offset of what has not left yet. */
  #start = 0;
  #position = 0;
  #isScheduled = false;

  /** @param send Writes bytes to the socket. */
  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  /** Number of bytes that have not left yet. */
  get pending(): number {
    return this.#position - this.#start;
  }

  /** Begins a message and returns its start, for {@link end}. Packets of the handshake have no type. */
  begin(type?: number): number {
    this.#reserve(5);
    if (type !== undefined) this.#bytes[this.#position++] = type;
    const start = this.pending;
    this.#position += 4;
    return start;
  }

  /**
   * Ends a message, and sends it at the end of the tick.
   *
   * @throws {DatabaseError} with code "invalid-value" for a message that the server would not take.
   */
  end(start: number): void {
    const length = this.pending - start;
    if (length > maxMessage) {
      throw new DatabaseError(
        "invalid-value",
        "A statement and its parameters exceed 1 GiB, which no server takes",
      );
    }
    this.#bytes.writeInt32BE(length, this.#start + start);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.flush());
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#position++] = value;
  }

  /** Writes the lower 16 bits. */
  int16(value: number): void {
    this.#reserve(2);
    this.#bytes[this.#position++] = value >>> 8;
    this.#bytes[this.#position++] = value;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#position = this.#bytes.writeInt32BE(value | 0, this.#position);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** Sends bytes behind everything written so far, without a copy. They must not change afterwards. */
  pass(bytes: Uint8Array): void {
    this.flush();
    if (bytes.length > 0) this.#send(bytes);
  }

  /** Writes a text in UTF-8. */
  text(value: string): void {
    const { length } = value;
    // UTF-8 has at most three bytes for a UTF-16 unit.
    this.#reserve(length <= longText ? length * 3 : Buffer.byteLength(value));
    if (length <= shortText) {
      const bytes = this.#bytes;
      const position = this.#position;
      let index = 0;
      for (; index < length; index++) {
        const unit = value.charCodeAt(index);
        if (unit > 0x7f) break;
        bytes[position + index] = unit;
      }
      if (index === length) {
        this.#position += length;
        return;
      }
    }
    this.#position += encoder.encodeInto(value, this.#bytes.subarray(this.#position)).written;
  }

  /** Writes a text and the zero that ends it. */
  cString(value: string): void {
    if (value.includes("\0")) throw new RangeError("A text contains the character 0");
    this.text(value);
    this.byte(0);
  }

  /** Writes a text behind its length in bytes; null as the length -1. */
  value(text: string | null): void {
    if (text === null) return this.int32(-1);
    this.int32(0);
    const start = this.pending;
    this.text(text);
    this.#bytes.writeInt32BE(this.pending - start, this.#start + start - 4);
  }

  /** Drops what was written since a message began, because the rest of it cannot be written. */
  rewind(pending: number): void {
    this.#position = this.#start + pending;
  }

  /** Sends everything now. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#position === this.#start) return;
    const bytes = this.#bytes.subarray(this.#start, this.#position);
    this.#start = this.#position;
    // A slab for a large message is not kept.
    if (this.#bytes.length > slabBytes) {
      this.#bytes = Buffer.alloc(0);
      this.#start = this.#position = 0;
    }
    this.#send(bytes);
  }

  #reserve(size: number): void {
    if (this.#position + size <= this.#bytes.length) return;
    const { pending } = this;
    const needed = pending + size;
    const larger = Buffer.allocUnsafeSlow(needed <= slabBytes ? slabBytes : Math.max(needed, 2 * pending));
    this.#bytes.copy(larger, 0, this.#start, this.#position);
    this.#bytes = larger;
    this.#start = 0;
    this.#position = pending;
  }
}
