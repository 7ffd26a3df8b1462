/**
 * The part of `jsr:@std/http/etag` that is used, with its signatures.
 */

/** How an entity-tag is made. */
export interface ETagOptions {
  /**
   * The digest that tells representations apart.
   * @default {"SHA-256"}
   */
  algorithm?: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";
  /**
   * Whether the tag is weak.
   * @default {false}
   */
  weak?: boolean;
}

/** The entity-tag of a text or of bytes: quoted, by their digest. */
export async function eTag(
  entity: string | Uint8Array,
  options: ETagOptions = {},
): Promise<string> {
  const bytes = typeof entity === "string" ? new TextEncoder().encode(entity) : new Uint8Array(entity);
  const digest = new Uint8Array(await crypto.subtle.digest(options.algorithm ?? "SHA-256", bytes));
  const tag = `"${bytes.length.toString(16)}-${btoa(String.fromCharCode(...digest)).slice(0, 27)}"`;
  return options.weak === true ? `W/${tag}` : tag;
}
