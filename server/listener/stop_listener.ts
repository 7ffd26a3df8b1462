import type { Deadlines } from "../request/deadlines.ts";
import type { Lifecycle } from "../request/lifecycle.ts";
import type { Listener } from "../listener.ts";

/** How long the answers to requests that were cut off may take to be written, in milliseconds. */
const LAST_WORDS_MS = 250;

/** What stopping works on. */
export interface StopOptions {
  readonly lifecycle: Lifecycle;
  readonly drain: { readonly waitMs: number; readonly timeoutMs: number };
  /** Those of the requests in flight. */
  readonly deadlines: Deadlines;
  /** Those of the bodies that are on their way. */
  readonly bodies: Deadlines;
}

/** Goes through the phases of a graceful stop. Gives the number of requests that were cut off. */
export async function stopListener(
  listener: Listener | undefined,
  { lifecycle, drain, deadlines, bodies }: StopOptions,
): Promise<number> {
  lifecycle.phase = "draining";
  if (drain.waitMs > 0) await sleep(drain.waitMs);
  lifecycle.phase = "closing";
  // The platform breaks off bodies that are still on their way when it stops to accept: those first.
  const drained = bodiesReceived(bodies).then(() => Promise.all([lifecycle.idle(), listener?.shutdown()]));
  let cutOff = 0;
  if (!await within(drained, drain.timeoutMs)) {
    cutOff = lifecycle.inFlight;
    deadlines.passAll();
    if (!await within(drained, LAST_WORDS_MS)) await listener?.abort();
  }
  lifecycle.phase = "closed";
  return cutOff;
}

/** How often it is looked whether bodies are still on their way, in milliseconds. */
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
