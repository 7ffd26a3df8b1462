import type { ConnectionPool, MigrationSource, Transaction } from "../db.ts";
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
import { copySequences } from "./copy_sequences.ts";
import { copyTable } from "./copy_table.ts";
import { type CopiedTable, type DatabaseCatalog, readCatalog } from "./database_catalog.ts";
import { refuseUnevenMigrations } from "./uneven_migrations.ts";
import { restoreRules, suspendRules } from "./suspend_rules.ts";

/** From where to where. */
export interface CopyPools {
  /** Nobody writes to it meanwhile. */
  readonly source: ConnectionPool;
  readonly target: ConnectionPool;
}

/** The three passes over the rows: of the source, from it to the target, of the target. */
export type CopyPass = "read" | "copied" | "checked";

/** How a copy is made, followed and ended. */
export interface CopyDatabaseOptions {
  /** Tells the source from others, a UUID. */
  readonly sourceId: string;
  /** What makes the tables, in the source and in the target. */
  readonly migrations: readonly MigrationSource[];
  /** Told at the start of every pass and after every step: how many rows are through, of how many. */
  readonly onProgress?: (pass: CopyPass, rows: number, total: number) => void;
  /** Told of tables whose rows the source has changed since they were copied: they are copied anew. */
  readonly onChanged?: (tables: readonly string[]) => void;
  /** Ends it between two batches, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a copy has come to. */
export interface CopySummary {
  readonly tables: number;
  readonly rows: number;
  /** Of the rows, those an earlier run had copied. */
  readonly found: number;
  /** When an earlier run had finished it, RFC 3339: then nothing was looked at. */
  readonly finishedAt: string | null;
}

/** How the name of the table ends that notes which migrations are applied. */
const APPLIED = ".schema_migrations";

/** How long to wait for somebody else's locks on the target. */
const LOCK_TIMEOUT = "30s";

/**
 * Copies a database with everything that its migrations made: all rows of all tables, where the sequences stand, and
 * the records of the migrations. Killed at any moment, the same call goes on with the batch after the last. At the
 * end every table has been found equal on both sides, by number and checksum of its rows.
 *
 * @throws {CopyError} when the target cannot take a copy, or is not equal at the end.
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
    // Before the source is read, which takes its time.
    const record = await this.#change((tx) => this.#find(tx));
    if (record?.state === "finished") return { tables, rows: 0, found: 0, finishedAt: record.finishedAt };
    await refuseUnevenMigrations(source, this.#options.migrations, "embedded database");
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

  /** Makes the tables, and empties them of what migrations wrote: the source has it, as it is by now. */
  async #prepare(catalog: DatabaseCatalog, checksums: ReadonlyMap<string, TableChecksum>): Promise<void> {
    const { target } = this.#pools;
    const { migrations, sourceId } = this.#options;
    await this.#change(async (tx) => {
      // Somebody may have written since it was found empty.
      if (await this.#find(tx) === undefined) await beginRecord(tx, sourceId);
    });
    await target.migrate(migrations);
    await refuseUnevenMigrations(target, migrations, "target");
    await this.#change(async (tx) => {
      const made = await readCatalog(tx);
      refuseDifferences(catalog, made);
      await suspendRules(tx, made);
      for (const { name } of catalog.tables) await tx.query(`DELETE FROM ONLY ${name}`);
      await beginCopying(tx, checksums);
    });
  }

  /** Takes back what was copied of tables that the source has changed since. */
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
          "The embedded database was migrated since the copy was begun: empty the target and begin again",
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
    for (const table of tables) {
      const known = progress.get(table.name);
      if (known === undefined) throw new CopyError(`The record of the copy lacks ${table.name}`);
      await copyTable(this.#pools, table, { progress: known, onRows, signal: this.#signal });
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
    // The planner knows nothing of so many new rows yet.
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

  /** A transaction on the target that changes more than rows. */
  #change<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    return this.#pools.target.withTx(async (tx) => {
      await tx.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      return await run(tx);
    });
  }
}

/** The note of applied migrations comes last: until then a service on the target finds it is not ready. */
function inOrder(tables: readonly CopiedTable[]): readonly CopiedTable[] {
  return [
    ...tables.filter(({ name }) => !name.endsWith(APPLIED)),
    ...tables.filter(({ name }) => name.endsWith(APPLIED)),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
