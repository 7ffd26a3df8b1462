import type { RequestMediaType } from "../operation.ts";
import { MalformedTextError } from "../parameters/percent.ts";
import { collectFields, parseForm } from "./form.ts";
import { type ParsedJson, parseJsonText } from "./json.ts";
import { findUnstorable } from "./unstorable.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Turns the bytes of a body into a value, by the codec of its media type. A byte order mark is skipped.
 * @param contentType The whole Content-Type header: a multipart body's boundary is in it.
 * @throws {MalformedTextError} whose message is a fault's reason.
 */
export async function decodeBody(
  bytes: Uint8Array,
  mediaType: RequestMediaType,
  contentType: string,
): Promise<ParsedJson> {
  switch (mediaType.codec) {
    case "json":
      return decodeJson(bytes);
    case "text":
      return withFaults(decodeUtf8(bytes));
    case "form":
      return withFaults(parseForm(decodeUtf8(bytes), mediaType.shape));
    case "multipart":
      return withFaults(collectFields(await parseMultipart(bytes, contentType), mediaType.shape));
    case "binary":
      return { value: bytes, faults: [] };
  }
}

/** The same for the codec of nearly every body, at once and not in a promise. */
export function decodeJson(bytes: Uint8Array): ParsedJson {
  return parseJsonText(decodeUtf8(bytes));
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new MalformedTextError("is not valid UTF-8");
  }
}

async function parseMultipart(bytes: Uint8Array, contentType: string): Promise<FormData> {
  try {
    const body = new Uint8Array(bytes);
    return await new Response(body, { headers: { "Content-Type": contentType } }).formData();
  } catch {
    throw new MalformedTextError("is not a valid multipart form");
  }
}

function withFaults(value: unknown): ParsedJson {
  return { value, faults: findUnstorable(value) };
}
