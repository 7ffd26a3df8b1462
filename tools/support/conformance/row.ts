import type { Client } from "./client.ts";
import type { Placeholders } from "./render_request.ts";

/** What rows are made of. A text that is sent is a "byte text": each of its characters stands for one byte. */

/** A header field; its value may have placeholders. */
export type Field = readonly [name: string, value: string];

/** A request whose framing is right. `Host`, `Content-Length` and `Connection: close` are added unless they are given. */
export interface FramedRequest {
  /** The request line without its version, e.g. "GET {list}/{id}". */
  readonly line: string;
  readonly fields?: readonly Field[];
  /** A byte text; see {@link utf8}. Absent: no body and no `Content-Length`. */
  readonly body?: string;
}

/**
 * Prepares what a row needs. The placeholders of every row are `{marker}`, a text to plant that no response may have,
 * `{fresh}`, an id that nothing has (`{freshcapitals}`), and those of its suite: `{list}`, `{document}` and, where there is
 * a sample, `{sample}`, its `{length}` in bytes and the same in hexadecimal digits, `{hexlength}`. Rows that are refused
 * share what was prepared.
 */
export type Given = (client: Client) => Promise<Prepared>;

/** What was prepared. */
export interface Prepared {
  /** Values of more placeholders. */
  readonly placeholders: Placeholders;
  /** Paths to delete afterwards. @default {[]} */
  readonly paths?: readonly string[];
}

/** A status, several that are all right, or a class of them. */
export type Statuses = number | readonly number[] | "2xx" | "4xx";

/** What the answer has to be. Whatever it is, it is no 5xx, comes in time, and repeats nothing that was planted. */
export interface Expectation {
  /** Of the first answer. */
  readonly status: Statuses;
  /**
   * Of the answers that follow on the same connection. Not one more may come: a request that is smuggled in another
   * one would be answered.
   *
   * @default {[]}
   */
  readonly then?: readonly Statuses[];
  /**
   * "platform": the HTTP server underneath the program may answer, without a problem, or close the connection.
   *
   * @default {"program"}
   */
  readonly by?: "program" | "platform";
  /** The answer repeats what was sent, as it should: the row says why by its name. */
  readonly echoes?: true;
  /** What header fields of the first answer have to look like; null: the field must not be there. */
  readonly headers?: Readonly<Record<string, RegExp | null>>;
  /** The `pointer` or the `name` of one of the `invalidParams`. */
  readonly fault?: string;
  /** Members of `data`, in the response and when what was created is read again; "sample": those of the sample. */
  readonly data?: Readonly<Record<string, unknown>> | "sample";
  /** Whether `100 Continue` comes first. */
  readonly continues?: true;
  /** Instead of an answer, the beginning of this other protocol may come. */
  readonly speaks?: "HTTP/2";
}

/** A negative test: a request and the response that it has to get. */
export interface Row {
  /** Unique within its theme. */
  readonly name: string;
  /** A text is sent as it is, but for its placeholders; a list of them in pieces. */
  readonly request: FramedRequest | string | readonly string[];
  readonly given?: Given;
  readonly expect: Expectation;
  /**
   * What happens when everything is sent. "reads": until the server closes. "leaves": it goes after one answer, for
   * what the server would wait for does not come. "ends": it says that nothing more comes, and reads.
   *
   * @default {"reads"}
   */
  readonly client?: "reads" | "leaves" | "ends";
}

/** Rows that belong together. */
export interface Theme {
  readonly name: string;
  readonly rows: readonly Row[];
}

const encoder = new TextEncoder();

/** The byte text of a text's UTF-8. */
export function utf8(text: string): string {
  return byteText(encoder.encode(text));
}

/** The byte text of bytes. */
export function byteText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
