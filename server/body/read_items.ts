import type { Int64Type, Validator } from "../operation.ts";
import { MalformedTextError } from "../parameters/decode_text.ts";
import { type InvalidParam, Problem } from "../problem.ts";
import { lastStep } from "../representation/json_pointer.ts";
import { schemaErrors } from "../strict/schema_errors.ts";
import { parseJsonText } from "./json.ts";
import { validated } from "./json_text.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { tooLarge } from "./read_body.ts";

/** Format of a body of JSON items. */
export interface ItemFormat {
  /** "lines": one a line (NDJSON, JSON Lines); "sequence": each between U+001E and a line feed (RFC 7464). */
  readonly codec: "lines" | "sequence";
  readonly validate: Validator | undefined;
  /** Type of the 64-bit integers in an item, if it has any that are no numbers. */
  readonly int64?: Int64Type | undefined;
  /** Maximum size of an item in bytes. */
  readonly maxItemBytes: number;
}

/** Maximum number of reported errors of an item. */
const MAX_LISTED = 100;

/**
 * Parses and validates the items of a body while it arrives.
 *
 * @throws {Problem} 400 or 422 for an invalid item, with the number of its line and pointers that begin with its index;
 * 413 for one that is too large.
 */
export async function* readItems(
  stream: ReadableStream<Uint8Array>,
  { codec, validate, int64, maxItemBytes }: ItemFormat,
): AsyncGenerator<unknown, void, undefined> {
  const separator = codec === "lines" ? 0x0a : 0x1e;
  const unit = codec === "lines" ? "Line" : "Record";
  let index = 0;
  for await (const { bytes, number } of splitBytes(stream, separator, maxItemBytes)) {
    const place = { unit, number: codec === "lines" ? number : index + 1, index };
    const text = decode(bytes, place).trim();
    // Blank lines are ignored; the text before the first separator of a sequence is empty.
    if (text === "") continue;
    yield parseItem(text, { validate, int64, place });
    index++;
  }
}

/** Bytes between separators, and their number from 1. */
interface SplitBytes {
  readonly bytes: Uint8Array;
  readonly number: number;
}

/** Yields the bytes between separators; not where there are none, since a megabyte of blank lines would take seconds. */
async function* splitBytes(
  stream: ReadableStream<Uint8Array>,
  separator: number,
  maxBytes: number,
): AsyncGenerator<SplitBytes, void, undefined> {
  let number = 1;
  const received = new ByteBuffer();
  const add = (piece: Uint8Array): void => {
    if (received.size + piece.length > maxBytes) throw tooLarge(maxBytes, "An item of the body");
    received.add(piece);
  };
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(separator); end !== -1; end = chunk.indexOf(separator, start)) {
      const piece = chunk.subarray(start, end);
      start = end + 1;
      if (received.size > 0) {
        add(piece);
        yield { bytes: received.take(), number };
      } else if (piece.length > maxBytes) throw tooLarge(maxBytes, "An item of the body");
      else if (piece.length > 0) yield { bytes: piece, number };
      number++;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (received.size > 0) yield { bytes: received.take(), number };
}

/** Place of an item in its body. */
interface Place {
  readonly unit: string;
  /** From 1. */
  readonly number: number;
  /** From 0, without blank lines. */
  readonly index: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array, place: Place): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed(place, "is not valid UTF-8");
  }
}

function parseItem(
  text: string,
  { validate, int64, place }: Pick<ItemFormat, "validate" | "int64"> & { readonly place: Place },
): unknown {
  const { value, errors } = parse(text, { place, bigIntegers: int64 !== undefined });
  const result = validate === undefined
    ? { isValid: true, value }
    : int64 === undefined
    ? { isValid: validate(value), value }
    : validated(value, validate);
  const found = [...errors, ...(result.isValid ? [] : schemaErrors(validate?.errors ?? []))];
  if (found.length === 0) return result.value;
  const { unit, number } = place;
  throw new Problem(422, "invalid-content", {
    detail: `${unit} ${number} of the body has validation errors; later ones were not examined`,
    invalidParams: found.slice(0, MAX_LISTED).map(({ pointer, reason }) => invalid(place, pointer, reason)),
    headers: { Connection: "close" },
  });
}

function parse(
  text: string,
  { place, bigIntegers }: { readonly place: Place; readonly bigIntegers: boolean },
): ReturnType<typeof parseJsonText> {
  try {
    return parseJsonText(text, { bigIntegers });
  } catch (error) {
    if (!(error instanceof MalformedTextError)) throw error;
    throw malformed(place, error.message);
  }
}

function malformed(place: Place, reason: string): Problem {
  return new Problem(400, "malformed-request", {
    detail: `${place.unit} ${place.number} of the body ${reason}; later ones were not examined`,
    invalidParams: [invalid(place, "", reason)],
    headers: { Connection: "close" },
  });
}

function invalid({ index }: Place, pointer: string, reason: string): InvalidParam {
  return { name: lastStep(pointer) ?? "body", in: "body", pointer: `/${index}${pointer}`, reason };
}
