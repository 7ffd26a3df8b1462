import { Buffer } from "node:buffer";
import { join } from "node:path";

/** Bytes of a secret: as many as the SHA-256 that it keys (RFC 2104, section 3). */
const SECRET_BYTES = 32;

/**
 * The secret kept in a folder, made on first use: for a program that looks after itself and has nobody to
 * configure one. Only the owner may read the file.
 *
 * @param folder An existing folder that no other process uses at the same time.
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
  // Beside and then in place: a crash must not leave half a secret, which would be taken for a short one.
  await Deno.writeTextFile(`${path}.new`, `${secret}\n`, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
  return secret;
}
