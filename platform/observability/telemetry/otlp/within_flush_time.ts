/** Time limit for exporting what is left when the program ends. */
const FLUSH_MS = 2_000;

/** Waits for a last export, but not long for a receiver that does not respond. */
export async function withinFlushTime(flushing: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FLUSH_MS);
  await Promise.race([flushing, late]);
  clearTimeout(timer);
}
