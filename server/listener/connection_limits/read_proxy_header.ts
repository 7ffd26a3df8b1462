import { parseProxyHeader } from "./parse_proxy_header.ts";
import type { ByteSource } from "./read_head.ts";

/** Connection of a proxy after its header. */
export interface ProxiedSource {
  /** Address of the client; undefined if the connection is the proxy's own. */
  readonly client: Deno.NetAddr | undefined;
  /** Bytes that follow the header. */
  readonly rest: ByteSource;
}

/** Size of the buffer, in bytes: that of the longest header. */
const BUFFER_BYTES = 4096;

/**
 * Reads a header of the PROXY protocol.
 *
 * @returns "malformed" if the bytes are another protocol; undefined if the other side closes first.
 */
export async function readProxyHeader(source: ByteSource): Promise<ProxiedSource | "malformed" | undefined> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (let count = 0;;) {
    const read = await source.read(buffer.subarray(count));
    if (read === null) return undefined;
    count += read;
    const header = parseProxyHeader(buffer.subarray(0, count));
    if (header === "malformed") return header;
    if (header === "incomplete") continue;
    return { client: header.client, rest: prepend(buffer.slice(header.size, count), source) };
  }
}

/** Returns a source of some bytes and those of another source. */
function prepend(bytes: Uint8Array, source: ByteSource): ByteSource {
  let left = bytes;
  return {
    read(buffer): Promise<number | null> {
      if (left.length === 0) return source.read(buffer);
      const count = Math.min(left.length, buffer.length);
      buffer.set(left.subarray(0, count));
      left = left.subarray(count);
      return Promise.resolve(count);
    },
  };
}
