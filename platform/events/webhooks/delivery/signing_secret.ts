import { Buffer } from "node:buffer";

/** How a signing secret begins (Standard Webhooks, "Signature scheme"). */
const PREFIX = "whsec_";

/** Bytes of a signing secret; the scheme wants 24 to 64. */
const SECRET_BYTES = 32;

/** Makes a secret that signs what one endpoint is told: its owner checks signatures with it. */
export function newSigningSecret(): string {
  return PREFIX + Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64");
}
