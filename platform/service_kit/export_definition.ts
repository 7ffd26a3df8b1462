import type { ConnectionManager, Querier } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventCatalog, JsonValue } from "./event_catalog.ts";

/**
 * Type of a column. Integers of 64 bits are bigints, decimals are texts such as "12.34", timestamps have microseconds in
 * UTC, and JSON is the value itself.
 */
export type ExportColumnType =
  | "boolean"
  | "int32"
  | "int64"
  | "decimal"
  | "text"
  | "uuid"
  | "json"
  | "timestamp";

/** Column of a data set. All columns may be null, as those of older files are that had no such column yet. */
export interface ExportColumn {
  readonly type: ExportColumnType;
  /** Fraction digits of a decimal, which has 38 digits in all. @default {4} */
  readonly scale?: number;
  readonly description: string;
}

/** Value of a column; undefined for a column that the row does not have. */
export type ExportValue = JsonValue | bigint | undefined;

/** Row of a data set. */
export interface ExportRow {
  /** Time that decides on the day of its partition; never changes. */
  readonly at: Timestamp;
  readonly values: Readonly<Record<string, ExportValue>>;
}

/** Properties of every data set. */
interface DataSetDescription {
  /** Name in commands and folder of the data set: lower-case words, such as "payments". */
  readonly name: string;
  /** Content of a row, such as "one row for each payment". */
  readonly description: string;
  readonly columns: Readonly<Record<string, ExportColumn>>;
}

/** Positions to read: greater than `after`, up to `until`. */
export interface PositionRange {
  readonly after: bigint;
  readonly until: bigint;
}

/** Rows of a stream, up to a position. */
export interface StreamBatch {
  readonly rows: readonly (ExportRow & { readonly position: bigint })[];
  /** Position up to which the stream was read, rows or not. */
  readonly through: bigint;
}

/** Options of {@link StreamSource.settledPosition}. */
export interface SettleOptions {
  /** Aborts the wait, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called when transactions that are still running have to be waited for. */
  readonly onWait?: (() => void) | undefined;
}

/** Rows that are only added, each at a position of its own. */
export interface StreamSource {
  /** Returns a position up to which no row can be added any more. */
  settledPosition(connections: Pick<ConnectionManager, "writer">, options?: SettleOptions): Promise<bigint>;
  /** Counts the rows in a range, for the progress. */
  count(db: Querier, range: PositionRange): Promise<bigint>;
  /** Reads the first rows of a range. */
  read(db: Querier, range: PositionRange & { readonly limit: number }): Promise<StreamBatch>;
  /** Returns a text that differs if other rows are in the range than before, as after a failover that lost some. */
  fingerprint(db: Querier, range: PositionRange): Promise<string>;
}

/** Data set of rows that are only added. Each is exported once. */
export interface StreamExport extends DataSetDescription {
  readonly kind: "stream";
  /** @param catalogs Events of all services. */
  open(catalogs: readonly EventCatalog[]): StreamSource;
}

/** Rows of a day, and a text that changes with any of them. */
export interface DayDigest {
  /** Date in UTC, such as "2026-11-30". */
  readonly day: string;
  readonly rows: bigint;
  readonly digest: bigint;
}

/** Row of a table, with its part of the digest of its day and the key of its place. */
export interface TableRow extends ExportRow {
  readonly digest: bigint;
  readonly key: readonly [at: Timestamp, id: string];
}

/** Data set of rows that may change. Days with changes are exported again. */
export interface TableExport extends DataSetDescription {
  readonly kind: "table";
  /** Returns the digests of all days, in order. */
  readDays(db: Querier): Promise<readonly DayDigest[]>;
  /** Reads rows of a day in the order of their keys. */
  readDay(
    db: Querier,
    page: { readonly day: string; readonly after: TableRow["key"] | undefined; readonly limit: number },
  ): Promise<readonly TableRow[]>;
}

/** Data set that a service offers to `export`. */
export type ExportDefinition = StreamExport | TableExport;

/** Loads the data sets of services, in their order. */
export async function loadExports(
  services: readonly { readonly exports?: () => Promise<readonly ExportDefinition[]> }[],
): Promise<readonly ExportDefinition[]> {
  return (await Promise.all(services.map(({ exports }) => exports?.() ?? []))).flat();
}
