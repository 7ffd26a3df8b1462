import type { ExportColumn, ExportRow } from "@archway/service_kit/export_definition.ts";
import { filePath } from "../manifest/file_path.ts";
import type { ManifestFile } from "../manifest/manifest.ts";
import type { ExportStorage } from "../storage/storage.ts";
import { ParquetFile } from "./parquet_file.ts";
import type { EncodedRow } from "./read_parquet.ts";

/** Number of files that are written at the same time. Rows of other days are rare, except around midnight. */
const MAX_OPEN = 2;

/** Size from which on a file is closed, and another one begun. */
export const MAX_BYTES = 32 * 1024 * 1024;

/** Options of {@link PartitionFiles}. */
export interface PartitionFilesOptions {
  readonly columns: Readonly<Record<string, ExportColumn>>;
  /** Number of the manifest that will list the files. */
  readonly sequence: number;
  /** Id of the export, so that no other one writes files of the same name. */
  readonly run: string;
}

interface OpenPartition {
  readonly day: string;
  readonly path: string;
  readonly file: ParquetFile;
}

/** Files of an export that the next manifest will list, each with the rows of one day. */
export class PartitionFiles implements AsyncDisposable {
  readonly #storage: ExportStorage;
  readonly #options: PartitionFilesOptions;
  /** Most recently used last. */
  #open: readonly OpenPartition[] = [];
  readonly #closed: ManifestFile[] = [];
  #count = 0;

  constructor(storage: ExportStorage, options: PartitionFilesOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  /** Number of rows so far. */
  get rows(): number {
    const closed = this.#closed.reduce((sum, { rows }) => sum + rows, 0);
    return this.#open.reduce((sum, { file }) => sum + file.rows, closed);
  }

  async add(row: ExportRow): Promise<void> {
    const partition = await this.#partition(row.at.slice(0, 10));
    await partition.file.add(row);
    if (partition.file.bytes >= MAX_BYTES) await this.#close(partition);
  }

  /** Adds a row of another file of a day. */
  async addEncoded(day: string, row: EncodedRow): Promise<void> {
    const partition = await this.#partition(day);
    await partition.file.addEncoded(row);
    if (partition.file.bytes >= MAX_BYTES) await this.#close(partition);
  }

  /** Closes all files, and returns them as the manifest lists them. */
  async close(): Promise<readonly ManifestFile[]> {
    while (this.#open[0] !== undefined) await this.#close(this.#open[0]);
    return this.#closed;
  }

  /** Drops files that are not closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open;
    this.#open = [];
    await Promise.all(open.map(({ file }) => file.abort()));
  }

  async #partition(day: string): Promise<OpenPartition> {
    const found = this.#open.find((partition) => partition.day === day) ?? await this.#create(day);
    if (found !== this.#open.at(-1)) {
      this.#open = [...this.#open.filter((other) => other !== found), found];
    }
    return found;
  }

  async #create(day: string): Promise<OpenPartition> {
    const [oldest] = this.#open;
    if (this.#open.length === MAX_OPEN && oldest !== undefined) await this.#close(oldest);
    const { sequence, run, columns } = this.#options;
    const path = filePath({ day, sequence, run, number: ++this.#count });
    const created = { day, path, file: new ParquetFile(await this.#storage.createFile(path), columns) };
    this.#open = [...this.#open, created];
    return created;
  }

  async #close(partition: OpenPartition): Promise<void> {
    const { day, path, file } = partition;
    await file.close();
    this.#open = this.#open.filter((other) => other !== partition);
    this.#closed.push({ path, day, rows: file.rows, bytes: file.bytes });
  }
}
