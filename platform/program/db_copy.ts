import { join } from "node:path";
import type { StorageConfig } from "@archway/config/storage_config.ts";
import { parseDatabaseUrl } from "@archway/config/database_url.ts";
import { serverOfUrl } from "@archway/config/read_servers.ts";
import { InvalidSetting } from "@archway/service_kit/setting.ts";
import {
  copyDatabase,
  type CopyDatabaseOptions,
  type CopyPools,
  type CopySummary,
} from "@archway/db/copy/copy_database.ts";
import { CopyError } from "@archway/db/copy/copy_error.ts";
import type { MigrationSource } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { loadOrCreateSecret } from "@archway/service_kit/signing.ts";
import { CopyProgress } from "./db_copy_progress.ts";
import { copySummary } from "./db_copy_summary.ts";
import { embeddedDirectory } from "./embedded_directory.ts";
import { formatError } from "./format_error.ts";
import { migrationReporter } from "./migration_reporter.ts";
import { openDatabase } from "./open_database.ts";
import { print } from "./print.ts";
import { SIGNAL_EXIT_CODES, waitForStopSignal } from "./wait_for_stop_signal.ts";

/** Options of `db copy`. */
export interface CopyOptions {
  /** URL of the target. Messages never contain its password. */
  readonly url: string;
  readonly sources: readonly MigrationSource[];
}

/**
 * `db copy`: copies all data from the embedded database to a server.
 *
 * @returns the exit code: 0 if everything is copied and verified, 130 or 143 after a signal.
 * @throws {CopyError | DatabaseError | EmbeddedError | MigrationError}
 */
export async function copy(config: StorageConfig, { url, sources }: CopyOptions): Promise<number> {
  const target = readUrl(url);
  const directory = await embeddedDirectory(config, "copied");
  await using embedded = await openDatabase(config);
  if (config.migrateOnStart) await embedded.pool.migrate(sources, migrationReporter);
  await using server = openPool({
    primary: { ...target, driver: config.pool.driver },
    replicas: [],
    connectTimeoutMs: config.pool.connectTimeoutMs,
    // No timeouts: the duration depends on the amount of data.
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
      sourceId: await sourceId(directory),
      migrations: sources,
      onProgress: (pass, rows, total) => progress.update(pass, rows, total),
      onChanged: (tables) =>
        progress.notify(`Copying tables again that changed since they were copied: ${tables.join(", ")}`),
      signal: stopping.signal,
    });
  } catch (error) {
    progress.end();
    if (stoppedBy === undefined || !isStop(error, stopping.signal)) throw error;
    await print(Deno.stdout, `Stopped ${progress.state}; run the same command to continue\n`);
    return SIGNAL_EXIT_CODES[stoppedBy] ?? 1;
  }
  progress.end();
  const seconds = (performance.now() - startedAt) / 1000;
  if (config.generatesSecret) await loadOrCreateSecret(directory);
  const secretFile = config.generatesSecret ? join(directory, "hmac_secret") : undefined;
  await print(Deno.stdout, copySummary(summary, { seconds, target, secretFile }));
  return 0;
}

function readUrl(url: string): InstanceConfig {
  try {
    return serverOfUrl(parseDatabaseUrl(url));
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    throw new CopyError(`The target URL ${error.message}`);
  }
}

async function run(pools: CopyPools, options: CopyDatabaseOptions): Promise<CopySummary> {
  let started = false;
  try {
    return await copyDatabase(pools, {
      ...options,
      onProgress: (...progress) => {
        started = true;
        options.onProgress?.(...progress);
      },
    });
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code === "cancelled") throw error;
    const message = formatError(error);
    throw new CopyError(
      started
        ? `Copy interrupted: ${message}; run the same command to continue`
        : `Copy could not start: ${message}`,
      { cause: error },
    );
  }
}

function isStop(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof DatabaseError && error.code === "cancelled");
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Returns the UUID that identifies an embedded database, creating it on the first call. Embedded databases start as
 * copies of the same files, so nothing inside them is unique.
 *
 * @param directory Existing data directory that no other process uses.
 */
async function sourceId(directory: string): Promise<string> {
  const path = join(directory, "copy_source_id");
  try {
    const stored = (await Deno.readTextFile(path)).trim();
    if (UUID.test(stored)) return stored;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const id = crypto.randomUUID();
  await Deno.writeTextFile(path, `${id}\n`, { mode: 0o600 });
  return id;
}
