import { startAdminServer } from "@archway/observability/admin/admin_server.ts";
import type { Config } from "@archway/config/config.ts";
import { configureLogging } from "@archway/observability/logging/logging.ts";
import { startTelemetry } from "@archway/observability/telemetry/telemetry.ts";
import { describeFault } from "./describe_fault.ts";
import { MigrationKeeper } from "./migration_keeper.ts";
import { MIGRATION_SOURCES } from "./migration_sources.ts";
import { openDatabase } from "./open_database.ts";
import { openEventWorker } from "./open_event_worker.ts";
import { untilStopped } from "./until_stopped.ts";

/** `archway worker`: sends events out, and answers no requests, until a signal stops it. */
export async function work(config: Config): Promise<number> {
  const stopped = untilStopped();
  await using stack = new AsyncDisposableStack();
  const { logger } = stack.use(
    await configureLogging(config.logLevel, { terminal: Deno.stdout.isTerminal() }),
  );
  const telemetry = stack.use(await startTelemetry({ logger, prometheus: config.admin !== undefined }));
  const database = stack.use(await openDatabase(config, telemetry.database));
  telemetry.watch(database.pool);
  const worker = stack.use(await openEventWorker(config, { database, logger, telemetry }));
  const stopping = new AbortController();
  let ready = false;
  if (config.admin !== undefined && telemetry.prometheus !== undefined) {
    const admin = stack.use(startAdminServer(config.admin, telemetry.prometheus, { isReady: () => ready }));
    logger.info("Metrics are at {metrics}", { metrics: `${admin.url}/metrics` });
  }
  const migrations = new MigrationKeeper(database.pool, MIGRATION_SOURCES, {
    migrate: config.migrateOnStart,
  });
  const started = migrations.run({
    signal: stopping.signal,
    onApplied: (files) => logger.info("Applied migrations {files}", { files }),
    onPending: (files) => logger.warn("Waiting for archway migrate up to apply {files}", { files }),
    onUnavailable: (error) =>
      logger.warn("Waiting for the database: {message}", { message: describeFault(error) }),
  }).then(() => {
    if (stopping.signal.aborted) return;
    worker.start();
    ready = true;
    logger.info("Sending events out, from {database}", { database: database.description });
  });
  // A failed migration ends the program; one that is done leaves it to the signal.
  const signal = await Promise.race([stopped, started.then(() => stopped)]);
  logger.info("Stopping on {signal}", { signal });
  ready = false;
  stopping.abort();
  await started;
  return 0;
}
