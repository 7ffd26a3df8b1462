import { Buffer } from "node:buffer";

/** Prefix of signing secrets (Standard Webhooks, "Signature scheme"). */
const PREFIX = "whsec_";

/** Length of a signing secret in bytes; the scheme requires 24 to 64. */
const SECRET_BYTES = 32;

/** Generates the secret that signs the messages of one endpoint. */
export function newSigningSecret(): string {
  return PREFIX + Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64");
}
