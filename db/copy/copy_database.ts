import type { ConnectionPool, MigrationSource, Querier, Transaction } from "../db.ts";
import { checkTarget } from "./check_target.ts";
import { checksumTables, countRows, isEqual, refuseUnequal } from "./checksum_tables.ts";
import type { TableChecksum } from "./checksum_table.ts";
import { refuseDifferences } from "./compare_catalogs.ts";
import { CopyError } from "./copy_error.ts";
import {
  beginCopying,
  beginRecord,
  findRecord,
  finishRecord,
  readProgress,
  restartTable,
  type TableProgress,
} from "./copy_record.ts";
import { readArrays, readByCopy } from "./copy_range.ts";
import { copyTable } from "./copy_table.ts";
import { type CopiedTable, type DatabaseCatalog, readCatalog } from "./database_catalog.ts";
import { refuseMigrationMismatch } from "./migration_mismatch.ts";
import { restoreRules, suspendRules } from "./suspend_rules.ts";

/** Source and target of a copy. */
export interface CopyPools {
  /** Must not be written to during the copy. */
  readonly source: ConnectionPool;
  readonly target: ConnectionPool;
}

/** Pass over the rows: reading the source, copying to the target, checking the target. */
export type CopyPass = "read" | "copied" | "checked";

/** Options of {@link copyDatabase}. */
export interface CopyDatabaseOptions {
  /** UUID that identifies the source. */
  readonly sourceId: string;
  /** Migrations that create the tables, in the source and in the target. */
  readonly migrations: readonly MigrationSource[];
  /** Called at the start of every pass and after every step, with processed and total rows. */
  readonly onProgress?: (pass: CopyPass, rows: number, total: number) => void;
  /** Called with tables that have changed in the source since their copy. They are copied again. */
  readonly onChanged?: (tables: readonly string[]) => void;
  /** Aborts between two batches, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Result of a copy. */
export interface CopySummary {
  readonly tables: number;
  readonly rows: number;
  /** Rows that an earlier run had already copied. */
  readonly found: number;
  /** RFC 3339 time at which an earlier run completed the copy. Null if this run copied or checked rows. */
  readonly finishedAt: string | null;
}

/** Suffix of the table that records applied migrations. */
const APPLIED = ".schema_migrations";

/** Maximum wait for locks that other sessions hold on the target. */
const LOCK_TIMEOUT = "30s";

/**
 * Copies a database with everything its migrations created. That includes the rows of all tables, sequence positions
 * and the records of the migrations. A call after a crash resumes after the last committed batch. At the end, row
 * counts and checksums of every table have been compared.
 *
 * @throws {CopyError} when the target cannot take a copy or differs at the end.
 * @throws {DatabaseError} when a server fails.
 */
export async function copyDatabase(pools: CopyPools, options: CopyDatabaseOptions): Promise<CopySummary> {
  return await new DatabaseCopy(pools, options).run();
}

class DatabaseCopy {
  readonly #pools: CopyPools;
  readonly #options: CopyDatabaseOptions;
  readonly #signal: AbortSignal;

  constructor(pools: CopyPools, options: CopyDatabaseOptions) {
    this.#pools = pools;
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  async run(): Promise<CopySummary> {
    const { source, target } = this.#pools;
    await checkTarget(source.writer(), target.writer());
    const catalog = await readCatalog(source.writer());
    const tables = catalog.tables.length;
    // Before the source is read, which can take long.
    const record = await this.#change((tx) => this.#find(tx));
    if (record?.state === "finished") return { tables, rows: 0, found: 0, finishedAt: record.finishedAt };
    await refuseMigrationMismatch(source, this.#options.migrations, "embedded database");
    const checksums = await this.#checksums(source, catalog.tables, "read");
    const rows = sum([...checksums.values()].map(({ rows }) => rows));
    if (record?.state !== "copying") await this.#prepare(catalog, checksums);
    refuseDifferences(catalog, await readCatalog(target.writer()));
    const progress = await this.#change((tx) => this.#reconcile(tx, checksums));
    const found = sum([...progress.values()].map(({ copied }) => copied));
    await this.#copy(inOrder(catalog.tables), progress, { found, rows });
    refuseUnequal(checksums, await this.#checksums(target, catalog.tables, "checked"));
    await this.#finish(catalog);
    return { tables, rows, found, finishedAt: null };
  }

  async #find(tx: Transaction): ReturnType<typeof findRecord> {
    return await findRecord(tx, this.#options.sourceId, await readCatalog(tx));
  }

  /** Creates the tables and deletes rows that migrations inserted. The source has their current state. */
  async #prepare(catalog: DatabaseCatalog, checksums: ReadonlyMap<string, TableChecksum>): Promise<void> {
    const { target } = this.#pools;
    const { migrations, sourceId } = this.#options;
    await this.#change(async (tx) => {
      // Another process may have written since the target was found empty.
      if (await this.#find(tx) === undefined) await beginRecord(tx, sourceId);
    });
    await target.migrate(migrations);
    await refuseMigrationMismatch(target, migrations, "target");
    await this.#change(async (tx) => {
      const made = await readCatalog(tx);
      refuseDifferences(catalog, made);
      await suspendRules(tx, made);
      for (const { name } of catalog.tables) await tx.query(`DELETE FROM ONLY ${name}`);
      await beginCopying(tx, checksums);
    });
  }

  /** Deletes copied rows of tables that have changed in the source since. */
  async #reconcile(
    tx: Transaction,
    checksums: ReadonlyMap<string, TableChecksum>,
  ): Promise<ReadonlyMap<string, TableProgress>> {
    const known = await readProgress(tx);
    const changed: string[] = [];
    for (const [name, now] of checksums) {
      const then = known.get(name);
      if (then !== undefined && isEqual(then.source, now)) continue;
      if (name.endsWith(APPLIED)) {
        throw new CopyError(
          "The embedded database was migrated after the copy had started: empty the target and start again",
        );
      }
      await tx.query(`DELETE FROM ONLY ${name}`);
      await restartTable(tx, name, now);
      changed.push(name);
    }
    if (changed.length === 0) return known;
    this.#options.onChanged?.(changed);
    return await readProgress(tx);
  }

  async #copy(
    tables: readonly CopiedTable[],
    progress: ReadonlyMap<string, TableProgress>,
    { found, rows }: { readonly found: number; readonly rows: number },
  ): Promise<void> {
    const onRows = this.#counter("copied", found, rows);
    // With postgres.js, and to an embedded database, rows travel as arrays.
    const takesCopy = await this.#pools.target.withTx((tx) => Promise.resolve(tx.rowCopy?.canWrite === true));
    const read = takesCopy ? readByCopy : readArrays;
    for (const table of tables) {
      const known = progress.get(table.name);
      if (known === undefined) throw new CopyError(`The record of the copy lacks ${table.name}`);
      await copyTable(this.#pools, table, { progress: known, read, onRows, signal: this.#signal });
    }
  }

  async #finish(catalog: DatabaseCatalog): Promise<void> {
    const { source, target } = this.#pools;
    await this.#change(async (tx) => {
      await copySequences(source.writer(), tx, catalog.sequences);
      await restoreRules(tx, catalog);
      for (const name of catalog.materializedViews) await tx.query(`REFRESH MATERIALIZED VIEW ${name}`);
      await finishRecord(tx);
    });
    // The planner has no statistics for the new rows yet.
    for (const { name } of catalog.tables) await target.writer().query(`ANALYZE ${name}`);
  }

  async #checksums(
    pool: ConnectionPool,
    tables: readonly CopiedTable[],
    pass: CopyPass,
  ): Promise<ReadonlyMap<string, TableChecksum>> {
    const signal = this.#signal;
    const rows = sum(await countRows(pool, tables, { signal }));
    return await checksumTables(pool, tables, { onRows: this.#counter(pass, 0, rows), signal });
  }

  #counter(pass: CopyPass, first: number, total: number): (rows: number) => void {
    let through = first;
    const { onProgress } = this.#options;
    onProgress?.(pass, through, total);
    return (rows) => onProgress?.(pass, through += rows, total);
  }

  /** Runs a transaction on the target that changes more than rows. */
  #change<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    return this.#pools.target.withTx(async (tx) => {
      await tx.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      return await run(tx);
    });
  }
}

/** Puts the record of applied migrations last. Until then a service on the target reports that it is not ready. */
function inOrder(tables: readonly CopiedTable[]): readonly CopiedTable[] {
  return [
    ...tables.filter(({ name }) => !name.endsWith(APPLIED)),
    ...tables.filter(({ name }) => name.endsWith(APPLIED)),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Sets the target's sequences to the positions of the source's. Includes identity columns. */
async function copySequences(
  source: Querier,
  target: Querier,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const { rows: [position] } = await source.query<{ value: bigint; called: boolean }>(
      `SELECT last_value AS value, is_called AS called FROM ${name}`,
    );
    if (position === undefined) continue;
    await target.query("SELECT setval($1::text::regclass, $2, $3)", [name, position.value, position.called]);
  }
}
