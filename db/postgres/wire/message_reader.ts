import { Buffer } from "node:buffer";
import { protocolViolation } from "./wire_error.ts";

/**
 * Receives a message. Its content is `bytes` from `start` to `end`; views of it are valid as long as they are used, since
 * the bytes are not overwritten.
 */
export type OnMessage = (type: number, bytes: Buffer, start: number, end: number) => void;

/** Types of messages that may be long: rows, their columns, COPY, errors, notices and notifications (as in libpq). */
const longTypes: ReadonlySet<number> = new Set(Buffer.from("TDdENAV"));

/** Maximum length of other messages. A larger one is not a message of PostgreSQL. */
const maxShort = 30_000;

/** Maximum length of a message: the values of a longer one would not fit into a string. */
const maxLong = 512 * 1024 * 1024;

/** Type and length. */
const headerBytes = 5;

/** Average length of parts up to which many are joined: each is an object that takes memory by itself. */
const smallPart = 1_024;
const manyParts = 256;

/**
 * Splits the bytes of a server into messages. Complete messages are passed on where they arrived; only the beginning of
 * an incomplete one is kept. Memory grows with what has arrived, not with what a length announces.
 */
export class MessageReader {
  readonly #onMessage: OnMessage;
  /** Parts of an incomplete message. */
  #parts: Buffer[] = [];
  #size = 0;
  /** Size from which the parts contain a complete message. */
  #needed = 0;

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  /** Number of parts of an incomplete message. */
  get parts(): number {
    return this.#parts.length;
  }

  /** Number of bytes of an incomplete message. */
  get incomplete(): number {
    return this.#size;
  }

  /**
   * Reads bytes that have arrived.
   *
   * @throws {WireError} for a length that no message has.
   */
  read(chunk: Buffer): void {
    if (this.#size === 0) return this.#split(chunk);
    this.#parts.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) {
      const { length } = this.#parts;
      const isScattered = length > manyParts && this.#size < length * smallPart;
      if (isScattered) this.#parts = [Buffer.concat(this.#parts, this.#size)];
      return;
    }
    const joined = Buffer.concat(this.#parts, this.#size);
    this.#parts = [];
    this.#size = 0;
    this.#split(joined);
  }

  #split(bytes: Buffer): void {
    const { length } = bytes;
    let offset = 0;
    while (length - offset >= headerBytes) {
      const type = bytes[offset] ?? 0;
      const size = bytes.readInt32BE(offset + 1);
      if (size < 4 || size > (longTypes.has(type) ? maxLong : maxShort)) {
        throw protocolViolation(`a message of type ${nameOf(type)} has the length ${size}`);
      }
      const end = offset + 1 + size;
      if (end > length) return this.#keep(bytes, offset, 1 + size);
      this.#onMessage(type, bytes, offset + headerBytes, end);
      offset = end;
    }
    if (offset < length) this.#keep(bytes, offset, headerBytes);
  }

  /** Keeps the beginning of a message: a copy if it is short, which does not hold the memory of what was read with it. */
  #keep(bytes: Buffer, offset: number, needed: number): void {
    const rest = bytes.subarray(offset);
    this.#parts = [rest.length < bytes.length / 2 ? Buffer.from(rest) : rest];
    this.#size = rest.length;
    this.#needed = needed;
  }
}

/** Returns a type as its character, if it has one. */
export function nameOf(type: number): string {
  return type > 0x20 && type < 0x7f ? `"${String.fromCharCode(type)}"` : String(type);
}
