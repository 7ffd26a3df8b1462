import type { Deadlines } from "../request/deadlines.ts";
import type { Lifecycle } from "../request/lifecycle.ts";
import type { Listener } from "../listener.ts";
import type { OpenStreams } from "../streams/open_streams.ts";

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
  /** Responses that are sent while they are produced. */
  readonly streams: OpenStreams;
}

/** Performs a graceful stop and returns the number of cancelled requests. */
export async function stopListener(
  listener: Listener | undefined,
  { lifecycle, drain, deadlines, bodies, streams }: StopOptions,
): Promise<number> {
  lifecycle.phase = "draining";
  if (drain.waitMs > 0) {
    lifecycle.closesConnections = true;
    await sleep(drain.waitMs);
    // Clients that reuse connections make fewer new ones, of which some could be lost when the listener closes.
    lifecycle.closesConnections = false;
  }
  const drained = finish(listener, { lifecycle, bodies, streams });
  let cancelled = 0;
  if (!await within(drained, drain.timeoutMs)) {
    cancelled = lifecycle.inFlight;
    streams.abortAll();
    deadlines.passAll();
    if (!await within(drained, FINAL_WRITE_MS)) await listener?.abort();
  }
  lifecycle.phase = "closed";
  return cancelled;
}

/** Maximum time during which other requests are served while bodies are being received, in milliseconds. */
const BODY_MS = 1_000;

/** Serves what has begun to arrive, stops accepting, and waits for the requests in flight. */
async function finish(
  listener: Listener | undefined,
  { lifecycle, bodies, streams }: Pick<StopOptions, "lifecycle" | "bodies" | "streams">,
): Promise<void> {
  // The platform aborts incoming request bodies when it stops accepting, so they are awaited first.
  if (listener !== undefined) {
    await listener.drain(() => lifecycle.closesConnections = true);
    await within(bodiesReceived(bodies, streams), BODY_MS);
  }
  // The time for the whole stop may have passed.
  if (lifecycle.phase === "draining") lifecycle.phase = "closing";
  streams.finishEndable();
  await bodiesReceived(bodies, streams);
  await Promise.all([lifecycle.idle(), listener?.shutdown()]);
}

/** Interval for polling whether request bodies are still being received, in milliseconds. */
const BODY_POLL_MS = 10;

async function bodiesReceived(bodies: Deadlines, streams: OpenStreams): Promise<void> {
  while (bodies.running || streams.receiving) await sleep(BODY_POLL_MS);
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
