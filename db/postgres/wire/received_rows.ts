import { Buffer } from "node:buffer";

/** Size of the memory that short parts share. */
const slabBytes = 64 * 1024;

/** Length of a part that is not worth copying. A server sends each row in a message of its own. */
const longPart = 8 * 1024;

/** Received rows of a COPY. Short ones are joined, so that their consumer does not handle each. */
export class ReceivedRows {
  #parts: Uint8Array[] = [];
  #slab: Buffer = Buffer.alloc(0);
  /** Range of the slab that is not a part yet. */
  #start = 0;
  #end = 0;
  #size = 0;

  /** Number of bytes. */
  get size(): number {
    return this.#size;
  }

  /** Adds bytes from `start` to `end`, which are not overwritten later. */
  add(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#size += length;
    if (length > longPart) {
      this.#cut();
      this.#parts.push(bytes.subarray(start, end));
      return;
    }
    if (this.#end + length > this.#slab.length) {
      this.#cut();
      this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      this.#start = this.#end = 0;
    }
    bytes.copy(this.#slab, this.#end, start, end);
    this.#end += length;
  }

  /** Takes all of them, in parts. */
  take(): readonly Uint8Array[] {
    this.#cut();
    const parts = this.#parts;
    this.#parts = [];
    this.#size = 0;
    return parts;
  }

  #cut(): void {
    if (this.#end > this.#start) this.#parts.push(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
