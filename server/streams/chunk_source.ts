import type { SizedStream } from "../operation.ts";

/** Chunks of a response body, one at a time. */
export interface ChunkSource {
  /** Returns the next chunk; undefined at the end. Called again only after it has settled. */
  read(): Promise<Uint8Array | undefined>;
  /** Releases what the source holds, also while {@link read} is pending. Never rejects. */
  cancel(reason: unknown): Promise<void>;
}

/** Returns the chunks of a handler's stream. */
export function streamChunks(stream: ReadableStream<Uint8Array>): ChunkSource {
  const reader = stream.getReader();
  return {
    async read(): Promise<Uint8Array | undefined> {
      const { value } = await reader.read();
      if (value === undefined || value instanceof Uint8Array) return value;
      throw new TypeError("The stream of the response has a chunk that is no Uint8Array");
    },
    cancel: (reason) => reader.cancel(reason).catch(() => {}),
  };
}

/** Opens a stream of known size; fails if it has fewer or more bytes, since its length is sent first. */
export function sizedChunks({ size, open }: SizedStream): ChunkSource {
  let source: Promise<ChunkSource> | undefined;
  let received = 0;
  return {
    async read(): Promise<Uint8Array | undefined> {
      source ??= Promise.resolve(open()).then(streamChunks);
      const chunk = await (await source).read();
      received += chunk?.length ?? 0;
      if (received > size || (chunk === undefined && received < size)) {
        throw new RangeError(
          `The stream of the response has ${chunk === undefined ? received : "more"} bytes, not ${size}`,
        );
      }
      return chunk;
    },
    async cancel(reason): Promise<void> {
      await (await source?.catch(() => undefined))?.cancel(reason);
    },
  };
}
