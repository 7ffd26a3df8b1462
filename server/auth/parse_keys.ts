import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from "jose";
import { createPublicKey } from "node:crypto";

/** Finds the key for a token, in the form that `jose` expects. */
export type KeyFinder = JWTVerifyGetKey;

/** Parsed keys. */
export interface ParsedKeys {
  readonly find: KeyFinder;
  /** Number of keys that can verify a token; 0 for an empty key set. */
  readonly count: number;
}

/** Failure to obtain keys; the message never contains their text. */
export class KeysError extends Error {
  override readonly name = "KeysError";
}

/** Key types with a public part; "oct" is a shared secret, with which a verifier could also sign. */
const PUBLIC_TYPES = ["RSA", "EC", "OKP"];

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/** Minimum size of an RSA key in bits (RFC 7518, section 3.3). */
const MIN_RSA_BITS = 2048;

/**
 * Parses public keys. Accepts a JSON Web Key Set or a single key (RFC 7517), or one or more public keys in PEM. PEM
 * keys have no key ID, so every key that fits the algorithm is tried. Unusable keys are ignored (RFC 7517, section 5):
 * private ones, unknown types, malformed ones and RSA keys under 2048 bits. A key set may have no key at all.
 *
 * @throws {KeysError} if the text is neither a key set nor a usable public key.
 */
export function parseKeys(text: string): ParsedKeys {
  if (text.includes("-----BEGIN ")) {
    const { find, count } = usableKeys(pemKeys(text));
    if (count === 0) throw new KeysError("No usable public key found");
    return { find: ({ alg }, token) => find({ alg }, token), count };
  }
  const parsed = parseJson(text);
  if (isObject(parsed) && Array.isArray(parsed["keys"])) return usableKeys(parsed["keys"]);
  const single = usableKeys([parsed]);
  if (single.count === 0) throw new KeysError("No usable public key found");
  return single;
}

function usableKeys(members: readonly unknown[]): ParsedKeys {
  const keys = members.filter(isPublic).map(withoutNulls).filter(isUsable);
  return { find: createLocalJWKSet({ keys }), count: keys.length };
}

/** Omits members that are null, such as `"use": null`, which some issuers publish for an absent one. */
function withoutNulls(key: JWK): JWK {
  return Object.fromEntries(Object.entries(key).filter(([, value]) => value !== null));
}

/** Whether a key is well-formed and long enough. One bad key must not prevent the use of others. */
function isUsable({ kty, crv, n, e, x, y }: JWK): boolean {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: { kty, crv, n, e, x, y }, format: "jwk" });
    return (asymmetricKeyDetails?.modulusLength ?? Infinity) >= MIN_RSA_BITS;
  } catch {
    return false;
  }
}

function pemKeys(text: string): readonly JWK[] {
  const blocks = [...text.matchAll(PEM_BLOCK)];
  if (blocks.some(([, label]) => label !== "PUBLIC KEY")) {
    throw new KeysError("PEM block is not a PUBLIC KEY");
  }
  return blocks.map(([block]) => publicKey(block));
}

function publicKey(pem: string): JWK {
  let jwk: unknown;
  try {
    jwk = createPublicKey(pem).export({ format: "jwk" });
  } catch (cause) {
    throw new KeysError("PEM block is malformed", { cause });
  }
  if (!isPublic(jwk)) throw new KeysError("PEM block has an unknown key type");
  return jwk;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KeysError("Keys are neither JSON nor PEM", { cause });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPublic(value: unknown): value is JWK {
  return isObject(value) && PUBLIC_TYPES.some((type) => type === value["kty"]) && value["d"] === undefined;
}
