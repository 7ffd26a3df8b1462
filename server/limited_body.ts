import { ByteBuffer } from "./body/byte_buffer.ts";

/** Body, as far as it was read. */
export interface LimitedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether more bytes followed, which were not read. */
  readonly isCut: boolean;
}

/** Options of {@link readLimitedBody}. */
export interface LimitedBodyOptions {
  /** Ends the reading, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the size of each chunk. The rest is cancelled if it throws. */
  readonly onChunk?: (bytes: number) => void;
}

/**
 * Reads at most a number of bytes of a body. The rest is cancelled, which ends its connection.
 *
 * @throws the error of the stream if the body ends early, such as with its connection, or that of `onChunk`.
 */
export async function readLimitedBody(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  { signal, onChunk }: LimitedBodyOptions = {},
): Promise<LimitedBody> {
  const received = new ByteBuffer();
  if (body === null) return { bytes: received.take(), isCut: false };
  const reader = body.getReader();
  // Not awaited: the other side decides when its stream ends.
  const cancel = (): void => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    if (signal?.aborted) cancel();
    for (;;) {
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return { bytes: received.take(), isCut: false };
      onChunk?.(value.length);
      const room = maxBytes - received.size;
      received.add(value.subarray(0, room));
      if (value.length > room) {
        cancel();
        return { bytes: received.take(), isCut: true };
      }
    }
  } catch (error) {
    cancel();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}
