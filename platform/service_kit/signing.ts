/** Door of what signs and encrypts with the secrets of the program, each use by a purpose of its own. */
export { KeyRing } from "./signing/key_ring.ts";
export { keptSecret } from "./signing/kept_secret.ts";
export { SEAL_KEY_ID_BYTES, SealRing } from "./signing/seal_ring.ts";
