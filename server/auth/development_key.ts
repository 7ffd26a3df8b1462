import { exportJWK, generateKeyPair, type JWK } from "jose";
import { join } from "node:path";

/** Signature algorithm of development tokens. */
export const DEVELOPMENT_ALGORITHM = "ES256";

/**
 * Returns the private key for development tokens, created on first use. It is stored in a folder beside the embedded
 * database. Only the owner may read the file, as with the data itself.
 *
 * @param folder Existing folder; several processes may use it concurrently.
 */
export async function loadOrCreateDevelopmentKey(folder: string): Promise<JWK> {
  const path = join(folder, "development_key.json");
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const { privateKey } = await generateKeyPair(DEVELOPMENT_ALGORITHM, { extractable: true });
  const temporary = `${path}.${crypto.randomUUID()}`;
  const text = JSON.stringify({ ...await exportJWK(privateKey), kid: crypto.randomUUID() });
  await Deno.writeTextFile(temporary, `${text}\n`, { mode: 0o600, createNew: true });
  try {
    // Atomic, and fails if another process was first: a service and a command may both create the key.
    await Deno.link(temporary, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    await Deno.remove(temporary);
  }
  return JSON.parse(await Deno.readTextFile(path));
}

/** Returns the public key that verifies development tokens, as the text of a key set. */
export function publicKeyText({ d: _secret, ...key }: JWK): string {
  return JSON.stringify({ keys: [key] });
}
