import type { DayDigest, TableExport, TableRow } from "@archway/service_kit/export_definition.ts";
import type { ExportedDay, Manifest, ManifestFile } from "../manifest/manifest.ts";
import { mergeColumns } from "../manifest/merge_columns.ts";
import type { PartitionFiles } from "../parquet/partition_files.ts";
import { DataSetTarget } from "./data_set_target.ts";
import {
  BATCH_ROWS,
  COMMIT_ROWS,
  type ExportOptions,
  type ExportSummary,
  OF_REPLICA,
} from "./export_options.ts";

/**
 * Exports the days of a table that have changed since the last export, each as a whole. What is recorded of a day is the
 * digest of the rows that were read: a row that changes or commits meanwhile gives the day another digest, so that the
 * next export repeats it.
 */
export async function exportTable(definition: TableExport, options: ExportOptions): Promise<ExportSummary> {
  const target = await DataSetTarget.open(definition, options);
  return await new TableRun(definition, { ...options, target }).run();
}

class TableRun {
  readonly #definition: TableExport;
  readonly #target: DataSetTarget;
  readonly #options: ExportOptions;
  readonly #before: Pick<Manifest, "files" | "columns" | "days">;
  #rows = 0;
  #total = 0;

  constructor(
    definition: TableExport,
    { target, ...options }: ExportOptions & { readonly target: DataSetTarget },
  ) {
    this.#definition = definition;
    this.#target = target;
    this.#options = options;
    this.#before = options.full === true ? { files: [], columns: [], days: {} } : target.manifest;
  }

  async run(): Promise<ExportSummary> {
    mergeColumns(this.#definition, this.#before);
    const days = await this.#definition.readDays(this.#options.connections.reader(OF_REPLICA));
    const changed = this.#changedOf(days);
    this.#total = changed.reduce((sum, { rows }) => sum + Number(rows), 0);
    this.#advance(0);
    const present = new Set(days.map(({ day }) => day));
    const left = this.#before.files.filter(({ day }) => present.has(day));
    const isChanged = changed.length > 0 || left.length < this.#target.manifest.files.length;
    if (isChanged) await this.#exportDays(changed.map(({ day }) => day), { present, left });
    // At once: rows that were deleted in the table are to be deleted here, too.
    await this.#target.removeUnlisted();
    await this.#target.complete();
    const { rows, files } = this.#target.manifest;
    return { rows: this.#rows, total: rows, files: files.length };
  }

  #changedOf(days: readonly DayDigest[]): readonly DayDigest[] {
    const { columns, days: exported = {} } = this.#before;
    const known = new Set(columns.map(({ name }) => name));
    const hasNew = Object.keys(this.#definition.columns).some((column) => !known.has(column));
    return days.filter(({ day, rows, digest }) =>
      hasNew || exported[day]?.rows !== String(rows) || exported[day]?.digest !== String(digest)
    );
  }

  async #exportDays(
    changed: readonly string[],
    { present, left }: { readonly present: ReadonlySet<string>; readonly left: readonly ManifestFile[] },
  ): Promise<void> {
    const { full = false, commitRows = COMMIT_ROWS } = this.#options;
    const queue = [...changed];
    const days = new Map(Object.entries(this.#before.days ?? {}).filter(([day]) => present.has(day)));
    let listed = left;
    do {
      await using files = this.#target.newFiles();
      while (queue.length > 0 && (full || files.rows < commitRows)) {
        const day = queue.shift() ?? "";
        days.set(day, await this.#exportDay(day, files));
        listed = listed.filter((file) => file.day !== day);
      }
      listed = [...listed, ...await files.close()];
      const isLast = queue.length === 0;
      await this.#target.commit({ files: listed, full, isLast, days: Object.fromEntries(days) });
    } while (queue.length > 0);
  }

  async #exportDay(day: string, files: PartitionFiles): Promise<ExportedDay> {
    const { connections, signal, batchRows: limit = BATCH_ROWS } = this.#options;
    let [after, count, digest]: [TableRow["key"] | undefined, bigint, bigint] = [undefined, 0n, 0n];
    for (;;) {
      signal?.throwIfAborted();
      const rows: readonly TableRow[] = await this.#definition.readDay(connections.reader(OF_REPLICA), {
        day,
        after,
        limit,
      });
      for (const row of rows) {
        await files.add(row);
        digest += row.digest;
      }
      count += BigInt(rows.length);
      this.#advance(rows.length);
      after = rows.at(-1)?.key;
      if (rows.length < limit) return { rows: String(count), digest: String(digest) };
    }
  }

  #advance(rows: number): void {
    this.#rows += rows;
    this.#options.onProgress?.(this.#rows, Math.max(this.#total, this.#rows));
  }
}
