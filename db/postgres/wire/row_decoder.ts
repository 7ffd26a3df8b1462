import type { Buffer } from "node:buffer";
import { columnDecoder, type DecodeColumn } from "./column_decoders.ts";
import type { MessageCursor } from "./message_cursor.ts";
import { protocolViolation } from "./wire_error.ts";

/** Row of a result by the names of its columns. */
export type Row = Record<string, unknown>;

/** Decodes the rows of a statement, whose columns the server has described. */
export class RowDecoder {
  readonly #names: readonly string[];
  readonly #decoders: readonly DecodeColumn[];

  private constructor(names: readonly string[], decoders: readonly DecodeColumn[]) {
    this.#names = names;
    this.#decoders = decoders;
  }

  /** Reads a description of columns. */
  static read(cursor: MessageCursor): RowDecoder {
    const names: string[] = [];
    const decoders: DecodeColumn[] = [];
    for (let left = cursor.uint16(); left > 0; left--) {
      names.push(cursor.cString());
      cursor.bytes(6); // table and column
      decoders.push(columnDecoder(cursor.uint32()));
      cursor.bytes(6); // size and modifier of the type
      if (cursor.uint16() !== 0) throw protocolViolation("a column is not in the text format");
    }
    return new RowDecoder(names, decoders);
  }

  /**
   * Decodes a row.
   *
   * @throws {WireError} for a row that does not match the description.
   * @throws what a decoder throws for a value that it does not understand.
   */
  decode(bytes: Buffer, start: number, end: number): Row {
    const names = this.#names;
    const decoders = this.#decoders;
    const { length } = names;
    if (end - start < 2 || bytes.readUInt16BE(start) !== length) throw mismatch();
    const row: Row = {};
    let offset = start + 2;
    for (let index = 0; index < length; index++) {
      const name = names[index];
      const decode = decoders[index];
      if (offset + 4 > end || name === undefined || decode === undefined) throw mismatch();
      const size = bytes.readInt32BE(offset);
      offset += 4;
      if (size === -1) {
        row[name] = null;
        continue;
      }
      if (size < 0 || offset + size > end) throw mismatch();
      row[name] = decode(bytes, offset, offset + size);
      offset += size;
    }
    if (offset !== end) throw mismatch();
    return row;
  }
}

function mismatch(): Error {
  return protocolViolation("a row does not match the description of its columns");
}
