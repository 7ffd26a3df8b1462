/** How long closing waits for what runs, in seconds, before connections are cut. */
const busyTimeout = 10;

/** The same where nothing runs: for the server to take note. A connection that was lost never answers. */
const idleTimeout = 0.5;

/** How long closing connections may take, in seconds. */
export function closingTimeout(isBusy: boolean): number {
  return isBusy ? busyTimeout : idleTimeout;
}
