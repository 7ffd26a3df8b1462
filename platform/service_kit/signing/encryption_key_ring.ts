import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

/** Bytes of a key's id at the beginning of what is sealed. */
export const ENCRYPTION_KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

interface Key {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Seals short texts that have to be kept and read again: AES-256-GCM (NIST SP 800-38D) under keys derived from secrets
 * (HKDF-SHA-256, RFC 5869), as key id, nonce, ciphertext and tag. The first secret seals; all of them open, so that a new
 * one can be put in front while what the old ones sealed is sealed anew.
 */
export class EncryptionKeyRing {
  readonly #keys: readonly Key[];
  readonly #current: Key;

  /**
   * @param secrets The secrets, newest first, at least one.
   * @param purpose What is sealed, e.g. "webhook secret": what is sealed for one purpose does not open for another.
   */
  constructor(secrets: readonly [string, ...string[]], purpose: string) {
    const [first, ...others] = secrets;
    this.#current = makeKey(first, purpose);
    this.#keys = [this.#current, ...others.map((secret) => makeKey(secret, purpose))];
  }

  /** The id of the key that seals now, with which everything begins that is sealed by it. */
  get currentKeyId(): Uint8Array {
    return this.#current.id;
  }

  /** @param context Where it is kept, e.g. an id: it opens nowhere else. */
  encrypt(text: string, context: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#current.bytes, nonce);
    cipher.setAAD(Buffer.from(context));
    const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Uint8Array.from(Buffer.concat([this.#current.id, nonce, ciphertext, cipher.getAuthTag()]));
  }

  /** The text; undefined: it was changed, belongs elsewhere, or no secret that is left has sealed it. */
  decrypt(encrypted: Uint8Array, context: string): string | undefined {
    const bytes = Buffer.from(encrypted);
    const textStart = ENCRYPTION_KEY_ID_BYTES + NONCE_BYTES;
    const key = this.#keys.find(({ id }) => bytes.subarray(0, ENCRYPTION_KEY_ID_BYTES).equals(id));
    if (key === undefined || bytes.length < textStart + TAG_BYTES) return undefined;
    const nonce = bytes.subarray(ENCRYPTION_KEY_ID_BYTES, textStart);
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(textStart, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    } catch {
      return undefined;
    }
  }
}

function makeKey(secret: string, purpose: string): Key {
  const bytes = new Uint8Array(hkdfSync("sha256", secret, "", `archway ${purpose}`, KEY_BYTES));
  const id = createHash("sha256").update(`${purpose} key`).update(bytes).digest();
  return { bytes, id: Uint8Array.from(id.subarray(0, ENCRYPTION_KEY_ID_BYTES)) };
}
