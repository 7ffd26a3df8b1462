import { Buffer } from "node:buffer";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { timingSafeEqual } from "node:crypto";

/** Bytes of a key's id inside a signed text. */
const KEY_ID_BYTES = 4;

/** Bytes of an HMAC-SHA-256. */
const MAC_BYTES = 32;

interface Key {
  readonly id: Uint8Array;
  /** The HMAC before its first byte: a copy of it costs half of what making it costs (measured). */
  readonly keyed: ReturnType<typeof hmac.create>;
}

/**
 * Signs short binary payloads into opaque text that a client carries and cannot change: base64url of key id,
 * payload and HMAC-SHA-256 (RFC 2104). The first secret signs; all of them verify, so a new one is put in front
 * and the old one is taken away once nothing signed with it is of use any more.
 */
export class KeyRing {
  readonly #keys: readonly Key[];
  readonly #current: Key;

  /**
   * @param secrets The secrets, newest first, at least one.
   * @param purpose What is signed, e.g. "profile cursor": texts of one purpose do not verify for another.
   */
  constructor(secrets: readonly [string, ...string[]], purpose: string) {
    const [first, ...others] = secrets;
    this.#current = makeKey(first, purpose);
    this.#keys = [this.#current, ...others.map((secret) => makeKey(secret, purpose))];
  }

  /** The payload as signed text. */
  sign(payload: Uint8Array): string {
    const signed = Buffer.allocUnsafe(KEY_ID_BYTES + payload.length + MAC_BYTES);
    signed.set(this.#current.id);
    signed.set(payload, KEY_ID_BYTES);
    const end = KEY_ID_BYTES + payload.length;
    signed.set(mac(this.#current, signed.subarray(0, end)), end);
    return signed.toString("base64url");
  }

  /** The payload of a text that one of the secrets signed, else undefined. Compares in constant time. */
  verify(text: string): Uint8Array | undefined {
    const signed = Buffer.from(text, "base64url");
    // Node's decoder skips what is not base64url; only the one true spelling of the bytes is taken.
    if (signed.length < KEY_ID_BYTES + MAC_BYTES || signed.toString("base64url") !== text) return undefined;
    const end = signed.length - MAC_BYTES;
    const key = this.#keys.find(({ id }) => Buffer.compare(id, signed.subarray(0, KEY_ID_BYTES)) === 0);
    // An unknown key costs the same work as a known one.
    const genuine = timingSafeEqual(mac(key ?? this.#current, signed.subarray(0, end)), signed.subarray(end));
    return genuine && key !== undefined ? signed.subarray(KEY_ID_BYTES, end) : undefined;
  }
}

function makeKey(secret: string, purpose: string): Key {
  const encoder = new TextEncoder();
  const derived = hmac(sha256, encoder.encode(secret), encoder.encode(purpose));
  return { keyed: hmac.create(sha256, derived), id: sha256(derived).subarray(0, KEY_ID_BYTES) };
}

function mac(key: Key, bytes: Uint8Array): Uint8Array {
  return key.keyed.clone().update(bytes).digest();
}
