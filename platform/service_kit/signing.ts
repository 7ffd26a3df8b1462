/** Public entry point of signing and encryption with the program's secrets. */
export { KeyRing } from "./signing/key_ring.ts";
export { loadOrCreateSecret } from "./signing/load_or_create_secret.ts";
export { ENCRYPTION_KEY_ID_BYTES, EncryptionKeyRing } from "./signing/encryption_key_ring.ts";
