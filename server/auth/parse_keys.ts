import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from "jose";
import { createPublicKey } from "node:crypto";

/** Finds the key for a token, in the form that `jose` expects. */
export type KeyFinder = JWTVerifyGetKey;

/** Failure to obtain keys; the message never contains their text. */
export class KeysError extends Error {
  override readonly name = "KeysError";
}

/** Key types with a public part; "oct" is a shared secret, with which a verifier could also sign. */
const PUBLIC_TYPES = ["RSA", "EC", "OKP"];

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/**
 * Parses public keys. Accepts a JSON Web Key Set or a single key (RFC 7517), or one or more public keys in PEM. PEM
 * keys have no key ID, so every key that fits the algorithm is tried. Private keys and unknown types in a set are
 * ignored.
 *
 * @throws {KeysError} if there is no public key.
 */
export function parseKeys(text: string): KeyFinder {
  if (text.includes("-----BEGIN ")) return withoutKeyId(pemKeys(text));
  const parsed = parseJson(text);
  const keys = (isObject(parsed) && Array.isArray(parsed["keys"]) ? parsed["keys"] : [parsed]).filter(
    isPublic,
  );
  if (keys.length === 0) throw new KeysError("No public key found");
  return createLocalJWKSet({ keys });
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

function withoutKeyId(keys: readonly JWK[]): KeyFinder {
  if (keys.length === 0) throw new KeysError("No public key found");
  const find = createLocalJWKSet({ keys: [...keys] });
  return ({ alg }) => find({ alg });
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
