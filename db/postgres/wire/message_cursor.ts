import type { Buffer } from "node:buffer";
import { protocolViolation } from "./wire_error.ts";

/** Reads the parts of a message in order. Throws a `WireError` where the message is too short. */
export class MessageCursor {
  readonly #bytes: Buffer;
  readonly #end: number;
  #offset: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#offset = start;
    this.#end = end;
  }

  /** Number of bytes that have not been read. */
  get left(): number {
    return this.#end - this.#offset;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  /** Reads a text that a zero ends. */
  cString(): string {
    const end = this.#bytes.indexOf(0, this.#offset);
    if (end < 0 || end >= this.#end) throw protocolViolation("a text in a message does not end");
    const text = this.#bytes.toString("utf8", this.#offset, end);
    this.#offset = end + 1;
    return text;
  }

  /** Reads a number of bytes, as a view of the message. */
  bytes(length: number): Buffer {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  #take(length: number): number {
    const start = this.#offset;
    if (length < 0 || start + length > this.#end) {
      throw protocolViolation("a message is shorter than its parts");
    }
    this.#offset += length;
    return start;
  }
}
