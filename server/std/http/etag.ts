/**
 * Used subset of `jsr:@std/http/etag`, with the same signatures.
 */

/** Options of an entity tag. */
export interface ETagOptions {
  /**
   * Digest algorithm.
   *
   * @default {"SHA-256"}
   */
  algorithm?: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";
  /**
   * Whether the tag is weak.
   * @default {false}
   */
  weak?: boolean;
}

/** Returns the quoted entity tag of a text or of bytes, made from their digest. */
export async function eTag(
  entity: string | Uint8Array,
  options: ETagOptions = {},
): Promise<string> {
  const bytes = typeof entity === "string" ? new TextEncoder().encode(entity) : new Uint8Array(entity);
  const digest = new Uint8Array(await crypto.subtle.digest(options.algorithm ?? "SHA-256", bytes));
  const tag = `"${bytes.length.toString(16)}-${btoa(String.fromCharCode(...digest)).slice(0, 27)}"`;
  return options.weak === true ? `W/${tag}` : tag;
}
