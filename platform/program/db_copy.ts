import { join } from "node:path";
import type { Config } from "@archway/config/config.ts";
import { parseTargetUrl, TargetUrlError } from "@archway/config/target_url.ts";
import {
  copyDatabase,
  type CopyDatabaseOptions,
  type CopyPools,
  type CopySummary,
} from "@archway/db/copy/copy_database.ts";
import { CopyError } from "@archway/db/copy/copy_error.ts";
import type { MigrationSource } from "@archway/db/db.ts";
import { holdsDatabase } from "@archway/db/embedded/holds_database.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { CopyProgress } from "./db_copy_progress.ts";
import { copySummary } from "./db_copy_summary.ts";
import { sourceId } from "./db_source_id.ts";
import { formatError } from "./format_error.ts";
import { openDatabase } from "./open_database.ts";
import { print } from "./print.ts";
import { SIGNAL_EXIT_CODES, waitForStopSignal } from "./wait_for_stop_signal.ts";

/** What is copied. */
export interface CopyOptions {
  /** Target; its password is in no message. */
  readonly url: string;
  readonly sources: readonly MigrationSource[];
}

/**
 * `archway db copy`: copies everything from the embedded database to a server.
 *
 * @returns the exit code: 0 all is there and equal, 130 or 143 stopped by a signal.
 * @throws {TargetUrlError | CopyError | DatabaseError | EmbeddedError | MigrationError}
 */
export async function copy(config: Config, { url, sources }: CopyOptions): Promise<number> {
  const target = readUrl(url);
  const folder = await sourceFolder(config);
  await using embedded = await openDatabase(config);
  if (config.migrateOnStart) await embedded.pool.migrate(sources);
  await using server = openPool({
    primary: target,
    replicas: [],
    connectTimeoutMs: config.pool.connectTimeoutMs,
    // What is long here is long because there is much.
    statementTimeoutMs: 0,
    transactionTimeoutMs: 0,
    applicationName: "archway db copy",
  });
  const stopping = new AbortController();
  let stoppedBy: Deno.Signal | undefined;
  void waitForStopSignal().then((signal) => {
    stoppedBy = signal;
    stopping.abort();
  });
  using progress = new CopyProgress();
  const startedAt = performance.now();
  let summary: CopySummary;
  try {
    summary = await run({ source: embedded.pool, target: server }, {
      sourceId: await sourceId(folder),
      migrations: sources,
      onProgress: (pass, rows, total) => progress.update(pass, rows, total),
      onChanged: (tables) =>
        progress.notify(`Changed since they were copied, and copied anew: ${tables.join(", ")}`),
      signal: stopping.signal,
    });
  } catch (error) {
    progress.end();
    if (stoppedBy === undefined || !isStop(error, stopping.signal)) throw error;
    await print(Deno.stdout, `Stopped${progress.state}: the same command goes on from here\n`);
    return SIGNAL_EXIT_CODES[stoppedBy] ?? 1;
  }
  progress.end();
  const seconds = (performance.now() - startedAt) / 1000;
  const secretFile = config.hmacSecrets === undefined ? join(folder, "hmac_secret") : undefined;
  await print(Deno.stdout, copySummary(summary, { seconds, target, secretFile }));
  return 0;
}

function readUrl(url: string): InstanceConfig {
  try {
    return parseTargetUrl(url);
  } catch (error) {
    if (!(error instanceof TargetUrlError)) throw error;
    throw new TargetUrlError(`The URL to copy to cannot be used: ${error.message}`);
  }
}

/** The folder of the database to copy, which is there. */
async function sourceFolder({ database }: Config): Promise<string> {
  if (database.kind === "postgres") {
    throw new CopyError(
      "POSTGRES_PRIMARY_HOST names a server, and only the embedded database can be copied: " +
        "from server to server use pg_dump and pg_restore",
    );
  }
  const { dataDirectory } = database;
  if (await holdsDatabase(join(dataDirectory, "postgres"))) return dataDirectory;
  throw new CopyError(
    `There is no embedded database in ${dataDirectory}: EMBEDDED_DATA_DIR names its folder`,
  );
}

async function run(pools: CopyPools, options: CopyDatabaseOptions): Promise<CopySummary> {
  let begun = false;
  try {
    return await copyDatabase(pools, {
      ...options,
      onProgress: (...progress) => {
        begun = true;
        options.onProgress?.(...progress);
      },
    });
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code === "cancelled") throw error;
    const what = begun ? "was interrupted, and the same command goes on with it" : "cannot begin";
    throw new CopyError(`The copy ${what}: ${formatError(error)}`, { cause: error });
  }
}

function isStop(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof DatabaseError && error.code === "cancelled");
}
