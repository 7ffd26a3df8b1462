import { Buffer } from "node:buffer";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { timingSafeEqual } from "node:crypto";

/** Length of the key id inside a signed text. */
const KEY_ID_BYTES = 4;

/** Length of an HMAC-SHA-256. */
const MAC_BYTES = 32;

interface Key {
  readonly id: Uint8Array;
  /** Initialized HMAC state: cloning it costs half of creating it (measured). */
  readonly keyed: ReturnType<typeof hmac.create>;
}

/** The newest first. */
type Keys = readonly [Key, ...Key[]];

/**
 * Signs short binary payloads as opaque, tamper-proof text for clients. The text is base64url of key id, payload and
 * HMAC-SHA-256 (RFC 2104). The first secret signs and all of them verify, so that a new secret can be added in front and
 * the old one removed once its texts have expired.
 */
export class KeyRing {
  readonly #makeKeys: () => Keys;
  /** Made on first use: a program has a dozen rings, of which few are used early. */
  #keys: Keys | undefined;

  /**
   * @param secrets Secrets, newest first, at least one.
   * @param purpose Kind of payload, e.g. "profile cursor"; texts of one purpose do not verify for another.
   */
  constructor(secrets: readonly [string, ...string[]], purpose: string) {
    const [first, ...others] = secrets;
    this.#makeKeys = () => [makeKey(first, purpose), ...others.map((secret) => makeKey(secret, purpose))];
  }

  /** Returns the payload as signed text. */
  sign(payload: Uint8Array): string {
    const [current] = this.#keys ??= this.#makeKeys();
    const signed = Buffer.allocUnsafe(KEY_ID_BYTES + payload.length + MAC_BYTES);
    signed.set(current.id);
    signed.set(payload, KEY_ID_BYTES);
    const end = KEY_ID_BYTES + payload.length;
    signed.set(mac(current, signed.subarray(0, end)), end);
    return signed.toString("base64url");
  }

  /** Returns the payload of a text; undefined if no secret signed it. Compares in constant time. */
  verify(text: string): Uint8Array | undefined {
    const signed = Buffer.from(text, "base64url");
    // Node's decoder ignores invalid characters; accept the canonical encoding only.
    if (signed.length < KEY_ID_BYTES + MAC_BYTES || signed.toString("base64url") !== text) return undefined;
    const end = signed.length - MAC_BYTES;
    const keys = this.#keys ??= this.#makeKeys();
    const key = keys.find(({ id }) => Buffer.compare(id, signed.subarray(0, KEY_ID_BYTES)) === 0);
    // Unknown keys take as long as known ones.
    const genuine = timingSafeEqual(mac(key ?? keys[0], signed.subarray(0, end)), signed.subarray(end));
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
