import type { Deadlines } from "../request/deadlines.ts";
import type { Lifecycle } from "../request/lifecycle.ts";
import type { Listener } from "../listener.ts";

/** Time to write the responses to cancelled requests, in milliseconds. */
const FINAL_WRITE_MS = 250;

/** Options of a graceful stop. */
export interface StopOptions {
  readonly lifecycle: Lifecycle;
  readonly drain: { readonly waitMs: number; readonly timeoutMs: number };
  /** Deadlines of the requests in flight. */
  readonly deadlines: Deadlines;
  /** Deadlines of the request bodies being received. */
  readonly bodies: Deadlines;
}

/** Performs a graceful stop and returns the number of cancelled requests. */
export async function stopListener(
  listener: Listener | undefined,
  { lifecycle, drain, deadlines, bodies }: StopOptions,
): Promise<number> {
  lifecycle.phase = "draining";
  if (drain.waitMs > 0) await sleep(drain.waitMs);
  lifecycle.phase = "closing";
  // The platform aborts incoming request bodies when it stops accepting, so they are awaited first.
  const drained = bodiesReceived(bodies).then(() => Promise.all([lifecycle.idle(), listener?.shutdown()]));
  let cancelled = 0;
  if (!await within(drained, drain.timeoutMs)) {
    cancelled = lifecycle.inFlight;
    deadlines.passAll();
    if (!await within(drained, FINAL_WRITE_MS)) await listener?.abort();
  }
  lifecycle.phase = "closed";
  return cancelled;
}

/** Interval for polling whether request bodies are still being received, in milliseconds. */
const BODY_POLL_MS = 10;

async function bodiesReceived(bodies: Deadlines): Promise<void> {
  while (bodies.running) await sleep(BODY_POLL_MS);
}

async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(resolve, ms, false));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
