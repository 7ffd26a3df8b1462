import type { ExportColumn, ExportValue } from "@archway/service_kit/export_definition.ts";
import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { columnOf } from "./parquet_columns.ts";

/** Row of a file, with its values as the writer takes them. */
export type EncodedRow = Readonly<Record<string, ExportValue>>;

/** Parquet file that an export has written. */
export interface ParquetContent {
  readonly columns: Readonly<Record<string, ExportColumn>>;
  readonly rows: number;
  /** Number of rows of the largest row group, which are in memory together. */
  readonly largestGroup: number;
  /** Yields the rows of each row group. */
  readonly groups: () => AsyncGenerator<readonly EncodedRow[]>;
}

/**
 * Reads a file that an export has written, without loss: by default, the reader rounds decimals and timestamps.
 *
 * @throws {Error} if it is the file of another program.
 */
export function readParquet(bytes: Uint8Array<ArrayBuffer>): ParquetContent {
  const file = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
  const metadata = parquetMetadata(file);
  const elements = metadata.schema.slice(1);
  const columns = Object.fromEntries(elements.map((element) => [element.name, columnOf(element)]));
  const decimals = Object.keys(columns).filter((name) => columns[name]?.type === "decimal");
  const groups = metadata.row_groups.map(({ num_rows: count }) => Number(count));
  return {
    columns,
    rows: groups.reduce((sum, count) => sum + count, 0),
    largestGroup: groups.reduce((largest, count) => Math.max(largest, count), 0),
    groups: () => groupsOf(file, { metadata, decimals }),
  };
}

async function* groupsOf(
  file: ArrayBuffer,
  { metadata, decimals }: { readonly metadata: FileMetaData; readonly decimals: readonly string[] },
): AsyncGenerator<readonly EncodedRow[]> {
  const raw = { ...metadata, schema: metadata.schema.map(withoutDecimal) };
  let rowStart = 0;
  for (const { num_rows: count } of metadata.row_groups) {
    const rowEnd = rowStart + Number(count);
    const rows = await parquetReadObjects({
      ...{ file, metadata: raw, rowStart, rowEnd },
      parsers: { timestampFromMicroseconds: (micros) => micros },
    });
    for (const row of rows) for (const name of decimals) row[name] = integerOf(row[name]);
    yield rows;
    rowStart = rowEnd;
  }
}

/** Returns the element of a column whose values are to be read as bytes, if they are decimals. */
function withoutDecimal({ converted_type: converted, ...element }: SchemaElement): SchemaElement {
  return converted === undefined || converted === "DECIMAL"
    ? element
    : { ...element, converted_type: converted };
}

/** Returns the integer of a decimal, which is stored in two's complement. */
function integerOf(bytes: unknown): bigint | null {
  if (!(bytes instanceof Uint8Array)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return view.getBigInt64(0) << 64n | view.getBigUint64(8);
}
