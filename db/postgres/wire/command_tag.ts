import type { Buffer } from "node:buffer";

/**
 * Returns the number of rows at the end of a command tag such as "INSERT 0 2" or "SELECT 20", whose content is `bytes`
 * from `start` to `end`; undefined for commands without one.
 */
export function rowsOfTag(bytes: Buffer, start: number, end: number): number | undefined {
  // Before the zero that ends it.
  let index = end - 2;
  let rows = 0;
  for (let unit = 1; index >= start; index--, unit *= 10) {
    const digit = (bytes[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    rows += digit * unit;
  }
  return index === end - 2 ? undefined : rows;
}
