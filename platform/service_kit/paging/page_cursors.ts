import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { KeyRing } from "../signing/key_ring.ts";
import type { KeysetPosition } from "./keyset.ts";
import type { PivotFormat } from "./pivot_format.ts";

/** Changes when the payload's layout does; older cursors are then refused as foreign. */
const FORMAT = 1;

/** format 1, flags 1, expiry 4, hash of the list 8; the pivot follows. */
const HEAD_BYTES = 14;

/** Expiries are rounded up to this. */
const EXPIRY_STEP_SECONDS = 30;

const BEFORE = 1;
const INCLUSIVE = 2;

/** Why a cursor is not taken. */
export type CursorRefusal =
  | "is not a cursor of this service"
  | "has expired"
  | "belongs to a list with other filters";

/** A refused cursor; its message says why. */
export class CursorError extends Error {
  override readonly name = "CursorError";
  constructor(readonly reason: CursorRefusal) {
    super(`The cursor ${reason}`);
  }
}

/** What cursors are made with. */
export interface PageCursorsOptions<P> {
  readonly keys: KeyRing;
  /** How long a cursor is good for, in seconds. */
  readonly ttlSeconds: number;
  /** The time now, in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly pivot: PivotFormat<P>;
}

/** A list: its name with its order, what it is narrowed to, and whose it is. Nobody's cursor is another's. */
export type ListIdentity = readonly (string | null)[];

/** A cursor, and all that it was made of. */
interface MadeCursor<P> extends KeysetPosition<P> {
  /** Of the list: the very same array, for the list hashed last is remembered. */
  readonly hash: Uint8Array;
  readonly expiry: number;
  readonly text: string;
}

/** Writes places in lists as opaque text, and reads them back only unchanged, in time, for the same list. */
export class PageCursors<P> {
  readonly #options: PageCursorsOptions<P>;
  /** The cursor made last: the first page of a list is asked for again and again, and signing is dear. */
  #last: MadeCursor<P> | undefined;
  /** The list hashed last. */
  #list: { readonly text: string; readonly hash: Uint8Array } | undefined;

  constructor(options: PageCursorsOptions<P>) {
    this.#options = options;
  }

  encode(position: KeysetPosition<P>, list: ListIdentity): string {
    const { keys, pivot } = this.#options;
    const { direction, inclusive } = position;
    const expiry = this.#expirySeconds();
    const hash = this.#hashOf(list);
    const last = this.#last;
    if (
      last !== undefined && last.hash === hash && last.expiry === expiry && last.direction === direction &&
      last.inclusive === inclusive && pivot.equals(last.pivot, position.pivot)
    ) {
      return last.text;
    }
    const payload = Buffer.allocUnsafe(HEAD_BYTES + pivot.bytes);
    payload.writeUInt8(FORMAT, 0);
    payload.writeUInt8((direction === "before" ? BEFORE : 0) | (inclusive ? INCLUSIVE : 0), 1);
    payload.writeUInt32BE(expiry, 2);
    payload.set(hash, 6);
    pivot.write(position.pivot, payload.subarray(HEAD_BYTES));
    const text = keys.sign(payload);
    this.#last = { ...position, hash, expiry, text };
    return text;
  }

  /** @throws {CursorError} when it is none, was changed, has expired, or was given for another list. */
  decode(text: string, list: ListIdentity): KeysetPosition<P> {
    const { keys, pivot, nowMs } = this.#options;
    const verified = keys.verify(text);
    if (verified?.length !== HEAD_BYTES + pivot.bytes) {
      throw new CursorError("is not a cursor of this service");
    }
    const payload = Buffer.from(verified.buffer, verified.byteOffset, verified.length);
    if (payload.readUInt8(0) !== FORMAT) throw new CursorError("is not a cursor of this service");
    if (payload.readUInt32BE(2) * 1000 < nowMs()) throw new CursorError("has expired");
    if (Buffer.compare(payload.subarray(6, HEAD_BYTES), this.#hashOf(list)) !== 0) {
      throw new CursorError("belongs to a list with other filters");
    }
    const flags = payload.readUInt8(1);
    return {
      direction: flags & BEFORE ? "before" : "after",
      inclusive: (flags & INCLUSIVE) !== 0,
      pivot: pivot.read(payload.subarray(HEAD_BYTES)),
    };
  }

  /** At least the time to live from now, and the same for a while, so that the same place is the same text. */
  #expirySeconds(): number {
    const seconds = Math.ceil(this.#options.nowMs() / 1000) + this.#options.ttlSeconds;
    return Math.ceil(seconds / EXPIRY_STEP_SECONDS) * EXPIRY_STEP_SECONDS;
  }

  #hashOf(list: ListIdentity): Uint8Array {
    const text = JSON.stringify(list);
    if (this.#list?.text !== text) {
      this.#list = { text, hash: createHash("sha256").update(text).digest().subarray(0, 8) };
    }
    return this.#list.hash;
  }
}
