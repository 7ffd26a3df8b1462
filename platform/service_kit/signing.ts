/** Door of what signs and encrypts with the secrets of the program, each use by a purpose of its own. */
export { KeyRing } from "./signing/key_ring.ts";
export { loadOrCreateSecret } from "./signing/load_or_create_secret.ts";
export { ENCRYPTION_KEY_ID_BYTES, EncryptionKeyRing } from "./signing/encryption_key_ring.ts";
