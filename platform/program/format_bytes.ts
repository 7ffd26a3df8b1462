const UNITS = ["kB", "MB", "GB", "TB"];

/** Formats a number of bytes with units of 1024, as `pg_size_pretty` does: "7.4 MB". */
export function formatBytes(bytes: bigint): string {
  if (bytes < 1024n) return `${bytes} B`;
  let value = Number(bytes) / 1024;
  let unit = 0;
  for (; value >= 1023.95 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}
