import type { ExportColumn, ExportRow, ExportValue } from "@archway/service_kit/export_definition.ts";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { FileSink } from "../storage/storage.ts";
import { encodeValue, schemaOf } from "./parquet_columns.ts";
import type { EncodedRow } from "./read_parquet.ts";

/** Number of rows of a row group, which are in memory until it is full. */
export const GROUP_ROWS = 20_000;

/** Parquet file that is written in row groups, compressed with Snappy. */
export class ParquetFile {
  readonly #columns: readonly (readonly [name: string, column: ExportColumn, values: ExportValue[]])[];
  readonly #bytes: SinkWriter;
  readonly #writer: ParquetWriter;
  readonly #sink: FileSink;
  #buffered = 0;
  #rows = 0;

  constructor(sink: FileSink, columns: Readonly<Record<string, ExportColumn>>) {
    this.#sink = sink;
    this.#columns = Object.entries(columns).map(([name, column]) => [name, column, []]);
    this.#bytes = new SinkWriter(sink);
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaOf(columns),
      createdBy: "archway",
    });
  }

  /** Number of rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Size so far, without rows in memory. */
  get bytes(): number {
    return this.#bytes.offset;
  }

  async add({ values }: ExportRow): Promise<void> {
    for (const [name, column, buffer] of this.#columns) buffer.push(encodeValue(column, values[name]));
    await this.#added();
  }

  /** Adds a row of another file, whose values are as the writer takes them. */
  async addEncoded(row: EncodedRow): Promise<void> {
    for (const [name, , buffer] of this.#columns) buffer.push(row[name] ?? null);
    await this.#added();
  }

  async #added(): Promise<void> {
    this.#rows++;
    if (++this.#buffered === GROUP_ROWS) await this.#flush();
  }

  /** Writes the rest, and makes the file durable. */
  async close(): Promise<void> {
    if (this.#buffered > 0) await this.#flush();
    await this.#writer.finish();
    await this.#sink.close();
  }

  async abort(): Promise<void> {
    await this.#sink.abort();
  }

  async #flush(): Promise<void> {
    // A page index would only help with larger groups.
    const columnData = this.#columns.map(([name, , data]) => ({ name, data, offsetIndex: false }));
    await this.#writer.write({ columnData, rowGroupSize: this.#buffered });
    for (const [, , buffer] of this.#columns) buffer.length = 0;
    this.#buffered = 0;
  }
}

/** Writer that passes on the bytes of each row group, and reuses its memory. */
class SinkWriter extends ByteWriter {
  readonly #sink: FileSink;

  constructor(sink: FileSink) {
    super();
    this.#sink = sink;
  }

  async flush(): Promise<void> {
    await this.#sink.write(this.getBytes());
    this.index = 0;
  }

  override async finish(): Promise<void> {
    await this.flush();
  }
}
