import { Buffer } from "node:buffer";
import { columnParsers } from "../connection/text_format.ts";

/** Returns the value of a column whose text is `bytes` from `start` to `end`. */
export type DecodeColumn = (bytes: Buffer, start: number, end: number) => unknown;

/** Length up to which a loop decodes a text faster than the decoder (measured). */
const shortText = 8;

/** Length from which the decoder of texts is faster than that of buffers (measured). */
const longText = 1_000;

/** A byte order mark is a part of a value. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes a text. */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > shortText) {
    return length < longText
      ? bytes.toString("utf8", start, end)
      : decoder.decode(bytes.subarray(start, end));
  }
  let text = "";
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte > 0x7f) return bytes.toString("utf8", start, end);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeBoolean(bytes: Buffer, start: number): boolean {
  return bytes[start] === 0x74; // "t"
}

/** Decodes a whole number of 32 bits or less. */
function decodeInteger(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === 0x2d; // "-"
  let value = 0;
  for (let index = isNegative ? start + 1 : start; index < end; index++) {
    value = value * 10 + (bytes[index] ?? 0) - 0x30;
  }
  return isNegative ? -value : value;
}

/** Number of characters of a whole number that a double represents exactly. */
const exactDigits = 15;

/** Decodes a whole number of 64 bits. */
function decodeBigInt(bytes: Buffer, start: number, end: number): bigint {
  const isExact = end - start <= exactDigits;
  return BigInt(isExact ? decodeInteger(bytes, start, end) : bytes.toString("latin1", start, end));
}

const space = 0x20;

/**
 * Decodes a time in UTC to RFC 3339, and others like the parser of texts. Two bytes are replaced where they arrived, which
 * are not used for anything else: one text instead of three, which are joined when they are sent.
 */
function decodeTimestamp(bytes: Buffer, start: number, end: number): unknown {
  const zone = end - 3;
  const isUtc = zone > start + 10 && bytes[start + 10] === space && bytes[zone] === 0x2b && // "+00"
    bytes[zone + 1] === 0x30 && bytes[zone + 2] === 0x30;
  if (!isUtc) return columnParsers[1184]?.(bytes.toString("latin1", start, end));
  bytes[start + 10] = 0x54; // "T"
  bytes[zone] = 0x5a; // "Z"
  return bytes.toString("latin1", start, zone + 1);
}

/** Decodes `\x` and two hexadecimal digits per byte, or the form with escaped bytes. */
function decodeBytes(bytes: Buffer, start: number, end: number): unknown {
  const isHex = bytes[start] === 0x5c && bytes[start + 1] === 0x78; // "\x"
  if (!isHex) return columnParsers[17]?.(bytes.toString("latin1", start, end));
  const value = Buffer.from(bytes.toString("latin1", start + 2, end), "hex");
  return new Uint8Array(value.buffer, value.byteOffset, value.length);
}

/** Decoders of frequent types that need no text in between. */
const direct: Readonly<Record<number, DecodeColumn>> = {
  16: decodeBoolean,
  17: decodeBytes,
  20: decodeBigInt, // int8
  21: decodeInteger, // int2
  23: decodeInteger, // int4
  26: decodeInteger, // oid
  1184: decodeTimestamp, // timestamptz
};

/** Returns the decoder of a type, with the same values as the parsers of texts. Unknown types remain text. */
export function columnDecoder(oid: number): DecodeColumn {
  const parse = columnParsers[oid];
  if (parse === undefined) return decodeText;
  return direct[oid] ?? ((bytes, start, end) => parse(decodeText(bytes, start, end)));
}
