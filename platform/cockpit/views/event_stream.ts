/** Number of messages that wait for a page, beyond which the stream ends: the page connects again when it reads. */
const MAX_WAITING = 200;

/** Sends a value to the page as JSON. */
export type Send = (value: unknown) => void;

/**
 * Returns a stream of server-sent events, which ends with the program.
 *
 * @param open Begins to send; what it returns is disposed of when the page leaves or the program stops.
 */
export function eventStream(open: (send: Send) => Disposable, stopping: AbortSignal): Response {
  const encoder = new TextEncoder();
  const ended = new AbortController();
  let source: Disposable | undefined;
  const stop = (): void => {
    ended.abort();
    source?.[Symbol.dispose]();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller): void {
      const end = (): void => {
        if (ended.signal.aborted) return;
        stop();
        controller.close();
      };
      const send: Send = (value) => {
        if (ended.signal.aborted) return;
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`));
        if ((controller.desiredSize ?? 0) < -MAX_WAITING) end();
      };
      controller.enqueue(encoder.encode(": connected\n\n"));
      source = open(send);
      if (stopping.aborted) end();
      else stopping.addEventListener("abort", end, { signal: ended.signal });
    },
    cancel: stop,
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}
