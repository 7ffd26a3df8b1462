import { TargetError } from "./target_error.ts";

/** Where an answer comes from: gives what comes next; null: nothing any more. */
export interface ByteSource {
  read(): Promise<Uint8Array | null>;
}

/** What is known of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** How many bytes of its body are still to come; undefined: it does not say. */
  readonly remaining: number | undefined;
}

/** The longest head of an answer, in bytes. */
const MAX_HEAD_BYTES = 16_384;

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n/;

/**
 * Reads the head of an answer (RFC 9112, section 2.1), behind those that are only provisional. What it says is of no
 * interest, but for its status and its length.
 *
 * @throws {TargetError} "broken-answer" when it is no HTTP, too long, or ends before its head does.
 */
export async function readResponseHead(source: ByteSource): Promise<ResponseHead> {
  // One character for every byte: nothing in a head that matters has more.
  const decoder = new TextDecoder("latin1");
  let text = "";
  while (text.length <= MAX_HEAD_BYTES) {
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      const [, status = ""] = STATUS_LINE.exec(text) ?? [];
      if (status === "") break;
      const behind = text.slice(end + 4);
      if (!status.startsWith("1")) {
        const [, length] = /\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n/i.exec(text.slice(0, end + 2)) ??
          [];
        return {
          status: Number(status),
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
