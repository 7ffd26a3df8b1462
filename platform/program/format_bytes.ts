const UNITS = ["kB", "MB", "GB", "TB"];

/** Bytes for people, in steps of 1024 as `pg_size_pretty` has them: "7.4 MB". */
export function formatBytes(bytes: bigint): string {
  if (bytes < 1024n) return `${bytes} B`;
  let value = Number(bytes) / 1024;
  let unit = 0;
  for (; value >= 1023.95 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}
