import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import type { Credential } from "@archway/server/authenticator.ts";

/** New key, whose text exists only here. */
export interface NewApiKey {
  /** Public part, e.g. "9f86d081884c7d65". */
  readonly id: string;
  /** Whole key, as clients send it. */
  readonly key: string;
  /** SHA-256 of the secret part. */
  readonly secretHash: Uint8Array;
}

/** Parts of a key that a client sent. */
export interface SentApiKey {
  readonly id: string;
  /** SHA-256 of the secret part. */
  readonly secretHash: Uint8Array;
}

/** Prefix by which people and secret scanners recognize a key. */
const PREFIX = "ak_";

const KEY = /^ak_([0-9a-f]{16})_([0-9a-f]{64})$/;

/** In the Authorization header: a scheme, and a parameter such as `token=`, may precede the key. */
const KEY_WITH_SCHEME = /^(?:[A-Za-z]+ +(?:[a-z_]+=)?)?"?(ak_[0-9a-f_]{81})"?$/;

/** Creates a key with 256 random bits, of characters that need no escaping anywhere. */
export function createApiKey(): NewApiKey {
  const id = randomBytes(8).toString("hex");
  const secret = randomBytes(32).toString("hex");
  return { id, key: `${PREFIX}${id}_${secret}`, secretHash: hash(secret) };
}

/**
 * Reads the key of a credential: a whole key, or for the Basic scheme `ak_<id>` as user name and the rest as password,
 * or a whole key as user name without a password. Undefined if it is none.
 */
export function readApiKey(credential: Credential): SentApiKey | undefined {
  if (credential.kind === "apiKey") return parse(KEY_WITH_SCHEME.exec(credential.key)?.[1] ?? "");
  const { username, password } = credential;
  return parse(password === "" ? username : `${username}_${password}`);
}

/** Returns the id in `ak_<id>`, in a whole key, or by itself; undefined for any other text. */
export function apiKeyId(text: string): string | undefined {
  return /^(?:ak_)?([0-9a-f]{16})(?:_[0-9a-f]{64})?$/.exec(text)?.[1];
}

function parse(text: string): SentApiKey | undefined {
  const [, id, secret] = KEY.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secretHash: hash(secret) };
}

function hash(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
