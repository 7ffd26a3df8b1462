import type { TxManager } from "../db.ts";
import { useCanonicalText } from "./canonical_text.ts";
import { recordBatch, type TableProgress } from "./copy_record.ts";
import type { ReadRows, RowBatch } from "./copy_range.ts";
import type { CopiedTable } from "./database_catalog.ts";
import { type KeyRange, type KeyText, nextRange } from "./key_range.ts";

/** Options of {@link copyTable}. */
export interface CopyTableOptions {
  readonly progress: TableProgress;
  readonly read: ReadRows;
  /** Called after every committed batch with its number of rows. */
  readonly onRows: (rows: number) => void;
  /** Aborts between two batches, with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Source and target of the rows. */
export interface CopyDatabases {
  readonly source: TxManager;
  readonly target: TxManager;
}

/** Limits of a transaction on the target, for tables with a primary key. */
const LIMITS = { rows: 5_000, bytes: 4 * 1024 * 1024 };

interface ReadOptions {
  readonly after: KeyText | undefined;
  readonly read: ReadRows;
}

interface ReadBatch {
  readonly range: KeyRange;
  readonly batch: RowBatch;
}

/** Copies the remaining rows of a table. Uses batches, or one transaction if it has no primary key. */
export async function copyTable(
  databases: CopyDatabases,
  table: CopiedTable,
  options: CopyTableOptions,
): Promise<void> {
  if (options.progress.copied >= options.progress.source.rows) return;
  await (table.key.length > 0 ? copyInBatches : copyAtOnce)(databases, table, options);
}

async function copyInBatches(
  { source, target }: CopyDatabases,
  table: CopiedTable,
  { progress, read, onRows, signal }: CopyTableOptions,
): Promise<void> {
  let before = progress.copied;
  for await (
    const { range, batch } of readAhead(source, table, { after: progress.last ?? undefined, read, signal })
  ) {
    await target.withTx(async (tx) => {
      // First, so that another process that copies to this target waits here.
      await recordBatch(tx, { table: table.name, rows: batch.rows, before, last: range.last });
      await useCanonicalText(tx);
      await batch.write(tx);
    });
    before += batch.rows;
    onRows(batch.rows);
  }
}

/** Copies everything in one transaction: without a key there is no position to resume from. */
async function copyAtOnce(
  { source, target }: CopyDatabases,
  table: CopiedTable,
  { progress, read, onRows, signal }: CopyTableOptions,
): Promise<void> {
  await target.withTx(async (tx) => {
    await recordBatch(tx, { table: table.name, rows: progress.source.rows, before: 0, last: null });
    await useCanonicalText(tx);
    for await (const { batch } of readAhead(source, table, { after: undefined, read, signal })) {
      await batch.write(tx);
    }
  });
  onRows(progress.source.rows);
}

/** Reads the next batch while the current one is written. */
async function* readAhead(
  source: TxManager,
  table: CopiedTable,
  { after, read, signal }: ReadOptions & { readonly signal: AbortSignal },
): AsyncIterable<ReadBatch> {
  let next = readBatch(source, table, { after, read });
  try {
    for (let current = await next; current !== undefined; current = await next) {
      signal.throwIfAborted();
      next = readBatch(source, table, { after: current.range.last, read });
      // Awaited one batch later.
      next.catch(() => undefined);
      yield current;
    }
  } finally {
    // Does not leave the source with a transaction in flight.
    await next.catch(() => undefined);
  }
}

async function readBatch(
  source: TxManager,
  table: CopiedTable,
  { after, read }: ReadOptions,
): Promise<ReadBatch | undefined> {
  return await source.withTx(async (tx) => {
    await useCanonicalText(tx);
    const range = await nextRange(tx, table, { after, limits: LIMITS });
    return range && { range, batch: await read(tx, table, range) };
  });
}
