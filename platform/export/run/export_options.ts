import type { ConnectionManager, ReaderOptions } from "@archway/db/db.ts";
import type { EventCatalog } from "@archway/service_kit/event_catalog.ts";
import type { ExportStorage } from "../storage/storage.ts";

/** Options of exporting a data set. */
export interface ExportOptions {
  readonly connections: ConnectionManager;
  /** Folder of the data set. */
  readonly storage: ExportStorage;
  /** Events of all services. */
  readonly catalogs: readonly EventCatalog[];
  /** Whether all rows are exported again, and replace the earlier files at the end. @default {false} */
  readonly full?: boolean;
  /** Aborts the export between two batches, with the signal's reason. What was committed remains. */
  readonly signal?: AbortSignal | undefined;
  /** Called at the start and after every batch. */
  readonly onProgress?: ((rows: number, total: number) => void) | undefined;
  /** Called when running transactions have to be waited for. */
  readonly onWait?: (() => void) | undefined;
  /** Number of rows after which the manifest is replaced. @default {500_000} */
  readonly commitRows?: number;
  /** Number of small files of a past day from which on they are merged into one. @default {5} */
  readonly mergeFiles?: number;
  /** Returns the current time, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: () => number;
  /** Number of rows that are read at once. @default {5_000} */
  readonly batchRows?: number;
}

/** Options of readers: a program that has just started would read whole tables from the primary. */
export const OF_REPLICA: ReaderOptions = { waitForReplicas: true };

/** Default number of rows after which the manifest is replaced. */
export const COMMIT_ROWS = 500_000;

/** Default number of rows that are read at once. */
export const BATCH_ROWS = 5_000;

/** Outcome of an export. */
export interface ExportSummary {
  /** Rows that were written. */
  readonly rows: number;
  /** Rows of the data set. */
  readonly total: number;
  /** Files of the data set. */
  readonly files: number;
}

/** Outcome of exporting a data set, as the command prints it with --json. */
export interface ExportedDataSet extends ExportSummary {
  readonly dataSet: string;
  readonly seconds: number;
}
