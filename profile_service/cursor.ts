import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { KeyRing } from "../signing/key_ring.ts";
import type { KeysetPosition, ProfileFilter } from "./ports.ts";
import { microsecondsOf, timestampOf } from "../time/timestamp.ts";

/** Changes when the payload's layout or the list's order does; older cursors are then refused as foreign. */
const FORMAT = 1;

/** format 1, flags 1, expiry 4, filter hash 8, pivot's microseconds 8, pivot's id 16. */
const PAYLOAD_BYTES = 38;

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

/** What a codec is made with. */
export interface CursorCodecOptions {
  readonly keys: KeyRing;
  /** How long a cursor is good for, in seconds. */
  readonly ttlSeconds: number;
  /** The time now, in milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** Writes places in the list as opaque text, and reads them back only unchanged, in time, for the same filter. */
export class CursorCodec {
  readonly #options: CursorCodecOptions;
  /** The cursor made last: the first page of a list is asked for again and again, and signing is dear. */
  #last: { readonly payload: Buffer; readonly text: string } | undefined;

  constructor(options: CursorCodecOptions) {
    this.#options = options;
  }

  encode(position: KeysetPosition, filter: ProfileFilter): string {
    const payload = Buffer.allocUnsafe(PAYLOAD_BYTES);
    payload.writeUInt8(FORMAT, 0);
    payload.writeUInt8(
      (position.direction === "before" ? BEFORE : 0) | (position.inclusive ? INCLUSIVE : 0),
      1,
    );
    payload.writeUInt32BE(this.#expirySeconds(), 2);
    payload.set(filterHash(filter), 6);
    payload.writeBigInt64BE(microsecondsOf(position.pivot.createdAt), 14);
    payload.write(position.pivot.id.replaceAll("-", ""), 22, "hex");
    if (this.#last?.payload.equals(payload)) return this.#last.text;
    this.#last = { payload, text: this.#options.keys.sign(payload) };
    return this.#last.text;
  }

  /** @throws {CursorError} when it is none, was changed, has expired, or was given for another filter. */
  decode(text: string, filter: ProfileFilter): KeysetPosition {
    const verified = this.#options.keys.verify(text);
    if (verified?.length !== PAYLOAD_BYTES) throw new CursorError("is not a cursor of this service");
    const payload = Buffer.from(verified.buffer, verified.byteOffset, verified.length);
    if (payload.readUInt8(0) !== FORMAT) throw new CursorError("is not a cursor of this service");
    if (payload.readUInt32BE(2) * 1000 < this.#options.nowMs()) throw new CursorError("has expired");
    if (Buffer.compare(payload.subarray(6, 14), filterHash(filter)) !== 0) {
      throw new CursorError("belongs to a list with other filters");
    }
    const flags = payload.readUInt8(1);
    return {
      direction: flags & BEFORE ? "before" : "after",
      inclusive: (flags & INCLUSIVE) !== 0,
      pivot: { createdAt: timestampOf(payload.readBigInt64BE(14)), id: uuidOf(payload.subarray(22)) },
    };
  }

  /** At least the time to live from now, and the same for a while, so that the same place is the same text. */
  #expirySeconds(): number {
    const seconds = Math.ceil(this.#options.nowMs() / 1000) + this.#options.ttlSeconds;
    return Math.ceil(seconds / EXPIRY_STEP_SECONDS) * EXPIRY_STEP_SECONDS;
  }
}

/** The filter's hash, with the name of the order it stands for, and whose list it is: nobody's cursor is another's. */
function filterHash({ viewer, namePrefix, email }: ProfileFilter): Uint8Array {
  const owner = viewer.kind === "owner" ? [viewer.subject] : [];
  if (owner.length === 0 && namePrefix === undefined && email === undefined) return NO_FILTER;
  return hashOf(namePrefix ?? null, email ?? null, ...owner);
}

function hashOf(...filter: readonly (string | null)[]): Uint8Array {
  const text = JSON.stringify(["profiles, newest first", ...filter]);
  return createHash("sha256").update(text).digest().subarray(0, 8);
}

/** Most lists have no filter. */
const NO_FILTER = hashOf(null, null);

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
