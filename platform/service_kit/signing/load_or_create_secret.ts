import { Buffer } from "node:buffer";
import { join } from "node:path";

/** Length of a secret: the output length of SHA-256 (RFC 2104, section 3). */
const SECRET_BYTES = 32;

/**
 * Returns the secret stored in a folder, and creates it on first use. For programs without a configured secret. Only the
 * owner of the file can read it.
 *
 * @param folder Existing folder that no other process uses at the same time.
 */
export async function loadOrCreateSecret(folder: string): Promise<string> {
  const path = join(folder, "hmac_secret");
  try {
    const secret = (await Deno.readTextFile(path)).trim();
    if (secret.length >= SECRET_BYTES) return secret;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64url");
  // Written to a new file and renamed, so that a crash cannot leave a truncated secret.
  await Deno.writeTextFile(`${path}.new`, `${secret}\n`, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
  return secret;
}
