/** Time limit for exporting what is left when the program ends. */
const FLUSH_MS = 2_000;

/** Waits for a last export, but not long for a receiver that does not respond. Returns whether it has ended. */
export async function withinFlushTime(flushing: Promise<void>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), FLUSH_MS);
  const hasEnded = await Promise.race([flushing.then(() => true), late]);
  clearTimeout(timer);
  return hasEnded;
}
