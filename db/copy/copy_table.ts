import type { TxManager } from "../db.ts";
import { useCanonicalText } from "./canonical_text.ts";
import { recordBatch, type TableProgress } from "./copy_record.ts";
import { readRows, type RowBatch, writeRows } from "./copy_range.ts";
import type { CopiedTable } from "./database_catalog.ts";
import { type KeyRange, type KeyText, nextRange } from "./key_range.ts";

/** Options of {@link copyTable}. */
export interface CopyTableOptions {
  readonly progress: TableProgress;
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
  { progress, onRows, signal }: CopyTableOptions,
): Promise<void> {
  let before = progress.copied;
  for await (
    const { range, batch } of readAhead(source, table, { after: progress.last ?? undefined, signal })
  ) {
    await target.withTx(async (tx) => {
      // First, so that another process that copies to this target waits here.
      await recordBatch(tx, { table: table.name, rows: batch.rows, before, last: range.last });
      await useCanonicalText(tx);
      await writeRows(tx, table, batch);
    });
    before += batch.rows;
    onRows(batch.rows);
  }
}

/** Copies everything in one transaction: without a key there is no position to resume from. */
async function copyAtOnce(
  { source, target }: CopyDatabases,
  table: CopiedTable,
  { progress, onRows, signal }: CopyTableOptions,
): Promise<void> {
  await target.withTx(async (tx) => {
    await recordBatch(tx, { table: table.name, rows: progress.source.rows, before: 0, last: null });
    await useCanonicalText(tx);
    for await (const { batch } of readAhead(source, table, { after: undefined, signal })) {
      await writeRows(tx, table, batch);
    }
  });
  onRows(progress.source.rows);
}

/** Reads the next batch while the current one is written. */
async function* readAhead(
  source: TxManager,
  table: CopiedTable,
  { after, signal }: { readonly after: KeyText | undefined; readonly signal: AbortSignal },
): AsyncIterable<ReadBatch> {
  let next = readBatch(source, table, after);
  try {
    for (let read = await next; read !== undefined; read = await next) {
      signal.throwIfAborted();
      next = readBatch(source, table, read.range.last);
      // Awaited one batch later.
      next.catch(() => undefined);
      yield read;
    }
  } finally {
    // Does not leave the source with a transaction in flight.
    await next.catch(() => undefined);
  }
}

async function readBatch(
  source: TxManager,
  table: CopiedTable,
  after: KeyText | undefined,
): Promise<ReadBatch | undefined> {
  return await source.withTx(async (tx) => {
    await useCanonicalText(tx);
    const range = await nextRange(tx, table, { after, limits: LIMITS });
    return range && { range, batch: await readRows(tx, table, range) };
  });
}
