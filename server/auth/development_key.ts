import { exportJWK, generateKeyPair, type JWK } from "jose";
import { join } from "node:path";

/** The signature of development tokens. */
export const DEVELOPMENT_ALGORITHM = "ES256";

/**
 * The private key that development tokens are signed with, kept in a folder beside the embedded database and made on
 * first use. Only the owner may read the file, as with the data itself.
 *
 * @param folder An existing folder; several processes may ask at the same time.
 */
export async function loadOrCreateDevelopmentKey(folder: string): Promise<JWK> {
  const path = join(folder, "development_key.json");
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const { privateKey } = await generateKeyPair(DEVELOPMENT_ALGORITHM, { extractable: true });
  const made = `${path}.${crypto.randomUUID()}`;
  const text = JSON.stringify({ ...await exportJWK(privateKey), kid: crypto.randomUUID() });
  await Deno.writeTextFile(made, `${text}\n`, { mode: 0o600, createNew: true });
  try {
    // In place whole, and only where nobody was faster: a service and a command may both be the first.
    await Deno.link(made, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    await Deno.remove(made);
  }
  return JSON.parse(await Deno.readTextFile(path));
}

/** What checks the tokens that the key has signed, as the text of a key set. */
export function publicKeyText({ d: _secret, ...key }: JWK): string {
  return JSON.stringify({ keys: [key] });
}
