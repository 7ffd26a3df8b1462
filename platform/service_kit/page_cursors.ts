import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type AnchorFormat, NUMBER, TIME_AND_ID } from "./lists/anchor_format.ts";
import type { PagePosition, TimeAnchor } from "./page.ts";
import { KeyRing } from "./signing/key_ring.ts";

export { type AnchorFormat, NUMBER, TIME_AND_ID };

/** Version of the payload's layout; cursors of other versions are rejected. */
const FORMAT = 1;

/** format 1, flags 1, expiry 4, hash of the list 8; the anchor follows. */
const HEAD_BYTES = 14;

/** Granularity to which expiry times are rounded up. */
const EXPIRY_STEP_SECONDS = 30;

const BEFORE = 1;
const INCLUSIVE = 2;

/** Reason why a cursor is rejected. */
export type CursorRefusal =
  | "is not a cursor of this service"
  | "has expired"
  | "belongs to a list with other filters";

/** A rejected cursor. */
export class CursorError extends Error {
  override readonly name = "CursorError";
  constructor(readonly reason: CursorRefusal) {
    super(`The cursor ${reason}`);
  }
}

/** Options for {@link PageCursors}. */
export interface PageCursorsOptions<Anchor> {
  readonly keys: KeyRing;
  /** Lifetime of a cursor, in seconds. */
  readonly ttlSeconds: number;
  /** Current time, in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly anchor: AnchorFormat<Anchor>;
}

/** Identity of a list: its name with its order, its filter, and its owner. A cursor is valid for one list only. */
export type ListIdentity = readonly (string | null)[];

/** A cursor with the values that it encodes. */
interface WrittenCursor<Anchor> extends PagePosition<Anchor> {
  /** Hash of the list. The last one is cached, so that comparing references suffices. */
  readonly hash: Uint8Array;
  readonly expiry: number;
  readonly text: string;
}

/** Encodes positions in lists as opaque, signed, expiring text that is valid for one list only. */
export class PageCursors<Anchor = TimeAnchor> {
  readonly #options: PageCursorsOptions<Anchor>;
  /** Last encoded cursor, cached: the first page is requested most often, and signing is expensive. */
  #last: WrittenCursor<Anchor> | undefined;
  /** Last hashed list. */
  #list: { readonly text: string; readonly hash: Uint8Array } | undefined;

  constructor(options: PageCursorsOptions<Anchor>) {
    this.#options = options;
  }

  encode(position: PagePosition<Anchor>, list: ListIdentity): string {
    const { keys, anchor } = this.#options;
    const { direction, inclusive } = position;
    const expiry = this.#expirySeconds();
    const hash = this.#hashOf(list);
    const last = this.#last;
    if (
      last !== undefined && last.hash === hash && last.expiry === expiry && last.direction === direction &&
      last.inclusive === inclusive && anchor.equals(last.anchor, position.anchor)
    ) {
      return last.text;
    }
    const payload = Buffer.allocUnsafe(HEAD_BYTES + anchor.bytes);
    payload.writeUInt8(FORMAT, 0);
    payload.writeUInt8((direction === "before" ? BEFORE : 0) | (inclusive ? INCLUSIVE : 0), 1);
    payload.writeUInt32BE(expiry, 2);
    payload.set(hash, 6);
    anchor.write(position.anchor, payload.subarray(HEAD_BYTES));
    const text = keys.sign(payload);
    this.#last = { ...position, hash, expiry, text };
    return text;
  }

  /** @throws {CursorError} if the text is not a cursor, was modified, has expired, or belongs to another list. */
  decode(text: string, list: ListIdentity): PagePosition<Anchor> {
    const { keys, anchor, nowMs } = this.#options;
    const verified = keys.verify(text);
    if (verified?.length !== HEAD_BYTES + anchor.bytes) {
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
      anchor: anchor.read(payload.subarray(HEAD_BYTES)),
    };
  }

  /** Returns the rounded expiry, so that for some time one position has one text. */
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

/** Configuration shared by all cursors of a program. */
export interface CursorConfig {
  /** Secrets, newest first. */
  readonly secrets: readonly [string, ...string[]];
  /** Lifetime of a cursor, in seconds. */
  readonly cursorTtlSeconds: number;
  /**
   * Current time, in milliseconds since 1970.
   *
   * @default Date.now
   */
  readonly nowMs?: () => number;
}

/**
 * Returns the cursors of lists ordered by time and id.
 *
 * @param purpose Use of the cursors, e.g. "profile cursor"; cursors of other purposes do not verify.
 */
export function timeCursors(
  purpose: string,
  { secrets, cursorTtlSeconds: ttlSeconds, nowMs = Date.now }: CursorConfig,
): PageCursors {
  return new PageCursors({ keys: new KeyRing(secrets, purpose), ttlSeconds, nowMs, anchor: TIME_AND_ID });
}

/** Returns the cursors of lists ordered by a number; see {@link timeCursors}. */
export function numberCursors(
  purpose: string,
  { secrets, cursorTtlSeconds: ttlSeconds, nowMs = Date.now }: CursorConfig,
): PageCursors<bigint> {
  return new PageCursors({ keys: new KeyRing(secrets, purpose), ttlSeconds, nowMs, anchor: NUMBER });
}
