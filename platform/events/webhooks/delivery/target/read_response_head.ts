import { TargetError } from "./target_error.ts";

/** Source of bytes; `read` resolves to null at the end. */
export interface ByteSource {
  read(): Promise<Uint8Array | null>;
}

/** Head of an HTTP response. */
export interface ResponseHead {
  readonly status: number;
  /** Value of Retry-After. @default none */
  readonly retryAfter?: string;
  /** Number of bytes of the body that were not read yet; undefined without a Content-Length. */
  readonly remaining: number | undefined;
}

/** Maximum length of a response head, in bytes. */
const MAX_HEAD_BYTES = 16_384;

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n/;

/**
 * Reads the head of a response (RFC 9112, section 2.1) and skips interim ones (1xx).
 *
 * @throws {TargetError} "broken-answer" if it is not HTTP, too long, or incomplete.
 */
export async function readResponseHead(source: ByteSource): Promise<ResponseHead> {
  // One character per byte: status and length are ASCII.
  const decoder = new TextDecoder("latin1");
  let text = "";
  while (text.length <= MAX_HEAD_BYTES) {
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      const [, status = ""] = STATUS_LINE.exec(text) ?? [];
      if (status === "") break;
      const behind = text.slice(end + 4);
      if (!status.startsWith("1")) {
        const head = text.slice(0, end + 2);
        const [, length] = /\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n/i.exec(head) ?? [];
        const [, retryAfter] = /\r\nretry-after:[ \t]*([^\r\n]{1,100}?)[ \t]*\r\n/i.exec(head) ?? [];
        return {
          status: Number(status),
          ...(retryAfter !== undefined && { retryAfter }),
          remaining: length === undefined ? undefined : Math.max(0, Number(length) - behind.length),
        };
      }
      text = behind;
      continue;
    }
    const chunk = await source.read();
    if (chunk === null) break;
    text += decoder.decode(chunk);
  }
  throw new TargetError("broken-answer");
}
