import type { TxManager } from "../db.ts";
import { useCanonicalText } from "./canonical_text.ts";
import { noteBatch, type TableProgress } from "./copy_record.ts";
import { readRows, type RowBatch, writeRows } from "./copy_range.ts";
import type { CopiedTable } from "./database_catalog.ts";
import { type KeyRange, type KeyText, nextRange } from "./key_range.ts";

/** How copying a table is followed and ended. */
export interface CopyTableOptions {
  readonly progress: TableProgress;
  /** Told after every batch that is there: how many rows it had. */
  readonly onRows: (rows: number) => void;
  /** Ends it between two batches, with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Where copying goes from and to. */
export interface CopyEnds {
  readonly source: TxManager;
  readonly target: TxManager;
}

/** What one transaction of the target writes, where the table has a primary key. */
const LIMITS = { rows: 5_000, bytes: 4 * 1024 * 1024 };

interface ReadBatch {
  readonly range: KeyRange;
  readonly batch: RowBatch;
}

/** Copies what is left of a table: batch by batch, or in one transaction where it has no primary key. */
export async function copyTable(
  ends: CopyEnds,
  table: CopiedTable,
  options: CopyTableOptions,
): Promise<void> {
  if (options.progress.copied >= options.progress.source.rows) return;
  await (table.key.length > 0 ? copyInBatches : copyAtOnce)(ends, table, options);
}

async function copyInBatches(
  { source, target }: CopyEnds,
  table: CopiedTable,
  { progress, onRows, signal }: CopyTableOptions,
): Promise<void> {
  let before = progress.copied;
  for await (
    const { range, batch } of readAhead(source, table, { after: progress.last ?? undefined, signal })
  ) {
    await target.withTx(async (tx) => {
      // First, for whoever else copies to this target waits here.
      await noteBatch(tx, { table: table.name, rows: batch.rows, before, last: range.last });
      await useCanonicalText(tx);
      await writeRows(tx, table, batch);
    });
    before += batch.rows;
    onRows(batch.rows);
  }
}

/** Nothing tells where to go on after a crash, so all of it is there or nothing. */
async function copyAtOnce(
  { source, target }: CopyEnds,
  table: CopiedTable,
  { progress, onRows, signal }: CopyTableOptions,
): Promise<void> {
  await target.withTx(async (tx) => {
    await noteBatch(tx, { table: table.name, rows: progress.source.rows, before: 0, last: null });
    await useCanonicalText(tx);
    for await (const { batch } of readAhead(source, table, { after: undefined, signal })) {
      await writeRows(tx, table, batch);
    }
  });
  onRows(progress.source.rows);
}

/** Reads one batch while the one before it is written. */
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
      // Awaited a batch later.
      next.catch(() => undefined);
      yield read;
    }
  } finally {
    // The source is not left with a transaction that nobody waits for.
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
