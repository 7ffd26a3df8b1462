import { headerFields } from "./event_response.ts";

/** Separates status and headers from the body. */
const SEPARATOR = new Uint8Array(8);

/**
 * Returns a response as the stream that a function URL expects: status and headers as JSON, eight NULs, then the body. It
 * breaks off when the signal aborts.
 */
export function responseStream(response: Response, signal: AbortSignal): ReadableStream<Uint8Array> {
  const { status, headers, body } = response;
  const prelude = { statusCode: status, headers: headerFields(headers), cookies: headers.getSetCookie() };
  const head = new TextEncoder().encode(JSON.stringify(prelude));
  const reader = body?.getReader();
  let isBroken = false;
  return new ReadableStream({
    start(controller): void {
      controller.enqueue(head);
      controller.enqueue(SEPARATOR);
      const breakOff = (): void => {
        isBroken = true;
        void reader?.cancel(signal.reason).catch(() => {});
        // Has no effect on a stream that has ended.
        controller.error(signal.reason);
      };
      signal.addEventListener("abort", breakOff, { once: true });
      // A complete body is read at once.
      if (signal.aborted) setTimeout(breakOff);
    },
    async pull(controller): Promise<void> {
      const read = await reader?.read();
      if (isBroken) return;
      if (read === undefined || read.done) controller.close();
      else controller.enqueue(read.value);
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}
