import { Buffer } from "node:buffer";
import type { RequestMediaType, Shape } from "../operation.ts";
import { readLimitedBody } from "../limited_body.ts";
import { MalformedTextError, memberShape } from "../parameters/decode_text.ts";
import { Problem } from "../problem.ts";
import { parseMediaType } from "../representation/media_type.ts";
import type { Deadlines } from "../request/deadlines.ts";
import type { Exchange } from "../request/exchange.ts";
import { collectFields, type FormField, parseForm } from "./form.ts";
import { type ParsedJson, parseJsonText } from "./json.ts";
import { PieceLimit } from "./piece_limit.ts";
import { findUnstorable } from "./unstorable.ts";

/** Limits of reading a body. */
export interface ReadBodyOptions {
  readonly maxBytes: number;
  /** Deadlines for the whole body; 408 when one passes. */
  readonly deadlines: Deadlines;
}

const CLOSE = { Connection: "close" } as const;

/**
 * Reads the whole body of a request.
 *
 * @throws {Problem} 413 if it exceeds the size limit, by its Content-Length or by the bytes received; 408 if it does
 * not arrive in time; 400 if the connection breaks, or it arrives in too many small pieces. The connection is then
 * closed, because further bytes are not a request.
 */
export function readBody(exchange: Exchange, { maxBytes, deadlines }: ReadBodyOptions): Promise<Uint8Array> {
  const { contentLength } = exchange.fields;
  if (contentLength !== null && Number(contentLength) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  exchange.permitBody();
  const cancellation = new AbortController();
  return new Promise((resolve, reject) => {
    const deadline = deadlines.start(() => {
      reject(timedOut());
      cancellation.abort();
    });
    const reading = contentLength === null
      ? countBytes(exchange.request, maxBytes, cancellation.signal)
      : exchange.request.bytes();
    reading.then(
      (bytes) => {
        deadline.cancel();
        exchange.onBody?.(bytes);
        resolve(bytes);
      },
      (error) => {
        deadline.cancel();
        reject(error instanceof Problem ? error : incomplete(error));
      },
    );
  });
}

async function countBytes(request: Request, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const pieces = new PieceLimit();
  const { bytes, isCut } = await readLimitedBody(request.body, maxBytes, {
    signal,
    onChunk: (size) => pieces.count(size),
  });
  if (isCut) throw tooLarge(maxBytes);
  return bytes;
}

/** Returns the problem of a body that exceeds its limit. */
export function tooLarge(maxBytes: number, part = "The body"): Problem {
  return new Problem(413, "content-too-large", {
    detail: `${part} is larger than ${maxBytes} bytes`,
    headers: CLOSE,
  });
}

/** Returns the problem of a body that is too slow. */
export function timedOut(): Problem {
  return new Problem(408, "request-timeout", {
    detail: "The body did not arrive in time",
    headers: CLOSE,
  });
}

/** Returns the problem of a body whose connection broke. */
export function incomplete(cause: unknown): Problem {
  return new Problem(400, "malformed-request", {
    detail: "The connection closed before the end of the body",
    headers: CLOSE,
    cause,
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes the bytes of a body by the codec of its media type. A byte order mark is skipped.
 *
 * @param contentType Complete Content-Type header, with the boundary of a multipart body.
 * @throws {MalformedTextError} with the reason as its message.
 */
export async function decodeBody(
  bytes: Uint8Array,
  mediaType: RequestMediaType,
  contentType: string,
): Promise<ParsedJson> {
  switch (mediaType.codec) {
    case "json":
      return decodeJson(bytes, mediaType);
    case "text":
      return withErrors(decodeUtf8(bytes));
    case "form":
      return withUnstorable(parseForm(decodeUtf8(bytes), mediaType.shape), mediaType);
    case "multipart": {
      const fields = await parseMultipart(bytes, { contentType, shape: mediaType.shape });
      return withUnstorable(collectFields(fields, mediaType.shape), mediaType);
    }
    // Items are read one by one (read_items.ts).
    case "events":
    case "lines":
    case "sequence":
    case "binary":
      return { value: bytes, errors: [] };
  }
}

/** Decodes a JSON body synchronously, for the most frequent codec. */
export function decodeJson(bytes: Uint8Array, { int64 }: Pick<RequestMediaType, "int64">): ParsedJson {
  return parseJsonText(decodeUtf8(bytes), { bigIntegers: int64 !== undefined });
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new MalformedTextError("is not valid UTF-8");
  }
}

async function parseMultipart(
  bytes: Uint8Array,
  { contentType, shape }: { contentType: string; shape: Shape | undefined },
): Promise<readonly FormField[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const boundary = parseMediaType(contentType)?.parameters.get("boundary") ?? "";
  // The platform drops a part without an end.
  if (!buffer.includes(`--${boundary}--`)) {
    throw new MalformedTextError("ends before the closing boundary of the multipart form");
  }
  let form: FormData;
  try {
    const body = new Uint8Array(bytes);
    form = await new Response(body, { headers: { "Content-Type": contentType } }).formData();
  } catch {
    throw new MalformedTextError("is not a valid multipart form");
  }
  const fields = [...form];
  // The platform replaces bytes that are no UTF-8 by this character.
  if (!buffer.includes("\ufffd") && fields.some((field) => field.some(hasReplacement))) {
    throw new MalformedTextError("is not valid UTF-8");
  }
  return shape === undefined ? fields : await Promise.all(fields.map((field) => withText(field, shape)));
}

function hasReplacement(text: string | File): boolean {
  return typeof text === "string" && text.includes("\ufffd");
}

/** Replaces a part of JSON that was sent as a file, as `FormData` of browsers does, by its text. */
async function withText([name, value]: FormField, shape: Shape): Promise<FormField> {
  const field = memberShape(shape, name);
  const { kind } = field.kind === "array" ? field.items : field;
  return typeof value === "string" || kind !== "json"
    ? [name, value]
    : [name, decodeUtf8(await value.bytes())];
}

function withErrors(value: unknown): ParsedJson {
  return { value, errors: findUnstorable(value) };
}

/** Adds the errors of values. Integers in JSON are exact where the schema has 64-bit integers. */
function withUnstorable(
  { value, errors }: ParsedJson,
  { int64 }: Pick<RequestMediaType, "int64">,
): ParsedJson {
  return { value, errors: [...errors, ...findUnstorable(value, { bigIntegers: int64 !== undefined })] };
}
