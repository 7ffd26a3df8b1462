import type { Client } from "./client.ts";
import type { Operation } from "./derived/api_document.ts";

// A text that is sent is a "byte text": each of its characters stands for one byte.

/** A header field; its value may have placeholders. */
export type Field = readonly [name: string, value: string];

/** A request whose framing is right. `Host`, `Content-Length` and `Connection: close` are added unless they are there. */
export interface FramedRequest {
  /** The request line without its version, e.g. "GET /v1/contacts/{id}". */
  readonly line: string;
  readonly fields?: readonly Field[];
  /** A byte text; see {@link utf8}. Absent: no body and no `Content-Length`. */
  readonly body?: string;
  /** Whether the credentials of the run are left out. @default {false} */
  readonly isAnonymous?: boolean;
}

/**
 * Prepares what a row needs. The placeholders of every row are `{marker}`, a text to plant that no response may have,
 * `{fresh}`, an id that nothing has (`{freshcapitals}`), and those of {@link Targets}. Rows that are refused share what
 * was prepared.
 */
export type Given = (client: Client) => Promise<Prepared>;

/** Values of placeholders, by their names without braces. */
export type Placeholders = Readonly<Record<string, string>>;

/** Placeholders and what is behind them. */
export interface Prepared {
  readonly placeholders: Placeholders;
  /** Paths to delete afterwards. @default {[]} */
  readonly paths?: readonly string[];
}

/** A status, several that are all right, "2xx", or "any", which is everything but a server error. */
export type Statuses = number | readonly number[] | "2xx" | "any";

/** Response that a row has to get. It is no 5xx, comes in time, and repeats nothing that was planted. */
export interface Expectation {
  /** Of the first response. */
  readonly status: Statuses;
  /** Section of the standard that requires it. @default that of the theme */
  readonly section?: string;
  /**
   * Of the responses that follow on the same connection. Not one more may come: a request that is smuggled in another
   * one would get it.
   *
   * @default {[]}
   */
  readonly then?: readonly Statuses[];
  /**
   * "platform": the HTTP server underneath the program may respond, without a problem, or close the connection.
   *
   * @default {"program"}
   */
  readonly by?: "program" | "platform";
  /** The response repeats what was sent, as it should: the row says why by its name. */
  readonly echoes?: boolean;
  /** Patterns of header fields of the first response; null: the field must not be there. */
  readonly headers?: Readonly<Record<string, RegExp | null>>;
  /** The `pointer` or the `name` of one of the `invalidParams`; several: one of these. */
  readonly fault?: string | readonly string[];
  /** Properties of the item, in the response and when what was created is read again. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Largest number of items in the response. */
  readonly atMost?: number;
  /** Whether `100 Continue` comes first. */
  readonly continues?: true;
  /** Instead of a response, the beginning of this other protocol may come. */
  readonly speaks?: "HTTP/2";
  /** Operation whose declared responses the response has to be one of. */
  readonly operation?: Operation | undefined;
}

/** A test: a request and the response that it has to get. */
export interface Row {
  /** Request in short, such as a header field; unique within its theme. */
  readonly name: string;
  /** A text is sent as it is, but for its placeholders; a list of them in pieces. */
  readonly request: FramedRequest | string | readonly string[];
  readonly given?: Given | undefined;
  /** Whether it shares what was prepared although it may succeed. @default {false} */
  readonly isSharing?: boolean;
  readonly expect: Expectation;
  /** Operation that it is derived from. */
  readonly operation?: Operation;
  /** Whether Archway requires the status where standards leave it open: a foreign service may send any but a 5xx. */
  readonly isHouseRule?: boolean;
  /**
   * Behaviour when everything is sent. "reads": until the server closes. "leaves": it goes after one response, for
   * what the server would wait for does not come. "ends": it says that nothing more comes, and reads.
   *
   * @default {"reads"}
   */
  readonly client?: "reads" | "leaves" | "ends";
}

/** Rows that belong together. */
export interface Theme {
  readonly name: string;
  /** Section of the standard that its rows are about. @default none */
  readonly section?: string;
  readonly rows: readonly Row[];
}

/**
 * Reads a table of requests: lines with the expected statuses and the name of what is wrong, the request line, and,
 * where they are needed, a byte text of a body in JSON and header fields. A POST has a new `Idempotency-Key`.
 */
export function requestRows(table: string): readonly Row[] {
  return table.trim().split("\n").map((text): Row => {
    const [expected = "", line = "", body = "", ...more] = text.split(/ +\|(?= |$)/).map((cell) =>
      cell.replace(/^ +| +$/g, "")
    );
    const [statuses = "", fault] = expected.split(/ +/);
    const own = more.map((field): Field => [field.split(": ")[0] ?? "", field.replace(/^[^:]*: /, "")]);
    const hasKey = own.some(([name]) => name === "Idempotency-Key");
    const key: readonly Field[] = line.startsWith("POST") && !hasKey ? [["Idempotency-Key", "{fresh}"]] : [];
    return {
      name: shorten([line, body, ...more].join(" ")),
      request: {
        line,
        fields: [...body === "" ? [] : [JSON_FIELD], ...key, ...own],
        ...body !== "" && { body },
      },
      expect: { status: statuses.split("/").map(Number), ...fault !== undefined && { fault } },
    };
  });
}

/** Sends `Content-Type: application/json`. */
export const JSON_FIELD: Field = ["Content-Type", "application/json"];

/** Requests a target by GET. */
export function get(target: string, ...fields: readonly Field[]): FramedRequest {
  return { line: `GET ${target}`, fields };
}

/** The words of a text: a table of values that have no blanks. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** The cells of a table of byte texts, which are between "¦" and the ends of lines, without blanks around them; "¶" is CRLF. */
export function cells(text: string): readonly string[] {
  return text.split(/\n|¦/).map((cell) => cell.replace(/^ +| +$/g, "").replaceAll("¶", "\r\n"));
}

/** Shortens a text for the name of a row: a long one is cut, with its length behind. */
export function shorten(text: string): string {
  return text.length <= 50 ? text : `${text.slice(0, 40)}… (${text.length} characters)`;
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

/** The bytes of a byte text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
