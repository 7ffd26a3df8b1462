import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from "jose";
import { createPublicKey } from "node:crypto";

/** Finds the key that a token names, as `jose` asks for it. */
export type KeyFinder = JWTVerifyGetKey;

/** A text from which no key can be read. The message says why and never what is in it. */
export class KeysError extends Error {
  override readonly name = "KeysError";
}

/** Types of keys that have a public half; "oct" is a secret, with which a verifier could sign too. */
const PUBLIC_TYPES = ["RSA", "EC", "OKP"];

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/**
 * Reads public keys: a JSON Web Key Set or a single key (RFC 7517), or public keys in PEM one after the other. Keys
 * in PEM have no name, so each that fits the algorithm is tried, whatever key id a token has. Of a set, what is secret
 * or not known is left out.
 *
 * @throws {KeysError} when there is no public key in it.
 */
export function parseKeys(text: string): KeyFinder {
  if (text.includes("-----BEGIN ")) return nameless(pemKeys(text));
  const parsed = parseJson(text);
  const keys = (isObject(parsed) && Array.isArray(parsed["keys"]) ? parsed["keys"] : [parsed]).filter(
    isPublic,
  );
  if (keys.length === 0) throw new KeysError("Reading the keys: there is no public key in them");
  return createLocalJWKSet({ keys });
}

function pemKeys(text: string): readonly JWK[] {
  const blocks = [...text.matchAll(PEM_BLOCK)];
  if (blocks.some(([, label]) => label !== "PUBLIC KEY")) {
    throw new KeysError("Reading the keys: a PEM block is not a PUBLIC KEY");
  }
  return blocks.map(([block]) => publicKey(block));
}

function publicKey(pem: string): JWK {
  let jwk: unknown;
  try {
    jwk = createPublicKey(pem).export({ format: "jwk" });
  } catch (cause) {
    throw new KeysError("Reading the keys: a PEM block cannot be read", { cause });
  }
  if (!isPublic(jwk)) throw new KeysError("Reading the keys: a PEM block is no key of a known type");
  return jwk;
}

function nameless(keys: readonly JWK[]): KeyFinder {
  if (keys.length === 0) throw new KeysError("Reading the keys: there is no public key in them");
  const find = createLocalJWKSet({ keys: [...keys] });
  return ({ alg }) => find({ alg });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KeysError("Reading the keys: they are neither JSON nor PEM", { cause });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPublic(value: unknown): value is JWK {
  return isObject(value) && PUBLIC_TYPES.some((type) => type === value["kty"]) && value["d"] === undefined;
}
