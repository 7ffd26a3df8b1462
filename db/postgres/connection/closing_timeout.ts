/** Grace period for running statements on close, in seconds. */
const busyTimeout = 10;

/** Grace period without running statements, in seconds. A lost connection never responds. */
const idleTimeout = 0.5;

/** Returns the time that closing connections may take, in seconds. */
export function closingTimeout(isBusy: boolean): number {
  return isBusy ? busyTimeout : idleTimeout;
}
