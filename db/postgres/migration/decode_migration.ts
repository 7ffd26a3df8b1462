import { MigrationError } from "../../errors.ts";

/** Keeps a byte order mark, which is refused later. */
const options = { fatal: true, ignoreBOM: true };

/**
 * Decodes the text of a migration.
 *
 * @param title Names the file in errors.
 * @throws {MigrationError} for bytes that are not UTF-8: they would be stored as U+FFFD.
 */
export function decodeMigration(bytes: Uint8Array, title: string): string {
  try {
    return new TextDecoder("utf-8", options).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const offset = firstInvalid(bytes);
    const line = bytes.subarray(0, offset).reduce((lines, byte) => lines + (byte === 0x0a ? 1 : 0), 1);
    const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, "0");
    throw new MigrationError(
      `Migration ${title} is not UTF-8: invalid byte 0x${byte} at offset ${offset}, line ${line}; save it as UTF-8`,
    );
  }
}

/** Returns the offset of the character that cannot be decoded: the longest valid beginning ends there. */
function firstInvalid(bytes: Uint8Array): number {
  // Decodes every byte before it, so an invalid sequence is the first of U+FFFD that the bytes do not contain.
  let offset = 0;
  for (const character of new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)) {
    const encoded = new TextEncoder().encode(character);
    if (encoded.some((byte, index) => byte !== bytes[offset + index])) break;
    offset += encoded.length;
  }
  return offset;
}
