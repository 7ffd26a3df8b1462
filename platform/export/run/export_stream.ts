import { CommandError } from "@archway/service_kit/command.ts";
import type { PositionRange, StreamExport, StreamSource } from "@archway/service_kit/export_definition.ts";
import type { Querier } from "@archway/db/db.ts";
import type { ManifestFile, StreamProgress } from "../manifest/manifest.ts";
import { mergeColumns } from "../manifest/merge_columns.ts";
import { DataSetTarget } from "./data_set_target.ts";
import {
  BATCH_ROWS,
  COMMIT_ROWS,
  type ExportOptions,
  type ExportSummary,
  OF_REPLICA,
} from "./export_options.ts";
import { mergeDays } from "./merge_days.ts";

/** Number of positions whose fingerprint is stored. A failover loses the last of them. */
const FINGERPRINT_POSITIONS = 10_000n;

/**
 * Exports the rows of a stream that were added since the last export. The manifest with the files and that with the
 * position are one, so a row is in one file, wherever an export ends.
 *
 * @throws {CommandError} if the events differ from those that were exported.
 */
export async function exportStream(definition: StreamExport, options: ExportOptions): Promise<ExportSummary> {
  const target = await DataSetTarget.open(definition, options);
  return await new StreamRun(definition, { ...options, target }).run();
}

class StreamRun {
  readonly #definition: StreamExport;
  readonly #source: StreamSource;
  readonly #target: DataSetTarget;
  readonly #options: ExportOptions;
  #rows = 0;

  constructor(
    definition: StreamExport,
    { target, ...options }: ExportOptions & { readonly target: DataSetTarget },
  ) {
    this.#definition = definition;
    this.#source = definition.open(options.catalogs);
    this.#target = target;
    this.#options = options;
  }

  async run(): Promise<ExportSummary> {
    const { connections, full = false, signal, onWait, onProgress } = this.#options;
    const { manifest } = this.#target;
    const before = full ? undefined : manifest.stream;
    if (!full) mergeColumns(this.#definition, manifest);
    const until = await this.#source.settledPosition(connections, { signal, onWait });
    // A replica that has replayed this position shows all rows up to the other one.
    const after = await connections.position();
    const reader = (): Querier => connections.reader({ after, ...OF_REPLICA });
    if (before !== undefined) await this.#checkHistory(reader(), before, until);
    const range = { after: BigInt(before?.position ?? 0), until };
    const total = Number(await this.#source.count(reader(), range));
    onProgress?.(0, total);
    await this.#exportRange(reader, range, (rows) => onProgress?.(rows, Math.max(total, rows)));
    if (!full) await mergeDays(this.#target, this.#options);
    await this.#target.complete();
    const { rows, files } = this.#target.manifest;
    return { rows: this.#rows, total: rows, files: files.length };
  }

  async #exportRange(
    reader: () => Querier,
    range: PositionRange,
    onRows: (rows: number) => void,
  ): Promise<void> {
    const { full = false, signal, commitRows = COMMIT_ROWS, batchRows: limit = BATCH_ROWS } = this.#options;
    let listed: readonly ManifestFile[] = full ? [] : this.#target.manifest.files;
    let through = range.after;
    do {
      await using files = this.#target.newFiles();
      while (through < range.until && (full || files.rows < commitRows)) {
        signal?.throwIfAborted();
        const batch = await this.#source.read(reader(), { after: through, until: range.until, limit });
        for (const row of batch.rows) await files.add(row);
        through = batch.through;
        this.#rows += batch.rows.length;
        onRows(this.#rows);
      }
      // Without new rows, only the position would be a greater one, which is not worth a new list.
      if (files.rows === 0 && !full) return;
      listed = [...listed, ...await files.close()];
      const stream = await this.#progress(reader(), through);
      await this.#target.commit({ files: listed, full, isLast: through >= range.until, stream });
    } while (through < range.until);
    if (full) await this.#target.removeUnlisted();
  }

  async #progress(db: Querier, position: bigint): Promise<StreamProgress> {
    const after = position > FINGERPRINT_POSITIONS ? position - FINGERPRINT_POSITIONS : 0n;
    const value = await this.#source.fingerprint(db, { after, until: position });
    return { position: String(position), fingerprint: { after: String(after), value } };
  }

  /** Compares the last rows that were exported with those of the database. */
  async #checkHistory(db: Querier, before: StreamProgress, until: bigint): Promise<void> {
    const exported = BigInt(before.position);
    const range = { after: BigInt(before.fingerprint.after), until: exported };
    if (until >= exported && await this.#source.fingerprint(db, range) === before.fingerprint.value) return;
    const { name } = this.#definition;
    throw new CommandError(
      `The database has other rows of ${name} up to position ${exported} than were exported: it is another one, or ` +
        "has lost some in a failover; export all with --full",
    );
  }
}
