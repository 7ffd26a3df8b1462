import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

/** Length of the key id at the beginning of an encrypted text. */
export const ENCRYPTION_KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

interface Key {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
}

/** The newest first. */
type Keys = readonly [Key, ...Key[]];

/**
 * Encrypts short texts for storage with AES-256-GCM (NIST SP 800-38D). Keys are derived from secrets (HKDF-SHA-256,
 * RFC 5869). The layout is key id, nonce, ciphertext, tag. The first secret encrypts and all of them decrypt, so that a
 * new secret can be added in front while existing texts are re-encrypted.
 */
export class EncryptionKeyRing {
  readonly #makeKeys: () => Keys;
  /** Derived on first use. */
  #derived: Keys | undefined;

  /**
   * @param secrets Secrets, newest first, at least one.
   * @param purpose Kind of text, e.g. "webhook secret"; texts of one purpose cannot be decrypted for another.
   */
  constructor(secrets: readonly [string, ...string[]], purpose: string) {
    const [first, ...others] = secrets;
    this.#makeKeys = () => [makeKey(first, purpose), ...others.map((secret) => makeKey(secret, purpose))];
  }

  get #keys(): Keys {
    return this.#derived ??= this.#makeKeys();
  }

  /** Id of the key that encrypts now; the prefix of every text that it encrypts. */
  get currentKeyId(): Uint8Array {
    return this.#keys[0].id;
  }

  /** @param context Identity of the record, e.g. an id; bound to the text as additional authenticated data. */
  encrypt(text: string, context: string): Uint8Array {
    const [{ id, bytes }] = this.#keys;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", bytes, nonce);
    cipher.setAAD(Buffer.from(context));
    const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Uint8Array.from(Buffer.concat([id, nonce, ciphertext, cipher.getAuthTag()]));
  }

  /** Returns the text. Undefined if it was modified, has another context, or its secret is not configured. */
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
