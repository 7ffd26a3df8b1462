import type { Config } from "@archway/config/config.ts";
import { isPrivate } from "@archway/config/auth_config.ts";
import { startAdminServer } from "@archway/observability/admin/admin_server.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { KeySweeper } from "@archway/service_kit/idempotency/key_sweeper.ts";
import { configureLogging } from "@archway/observability/logging/logging.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { Authenticator } from "@archway/server/authentication.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import * as options from "@archway/server/server_options.ts";
import { readTls } from "@archway/server/tls.ts";
import { startTelemetry, type Telemetry } from "@archway/observability/telemetry/telemetry.ts";
import { databaseChecks } from "./database_checks.ts";
import { describeFault } from "./describe_fault.ts";
import { MigrationKeeper } from "./migration_keeper.ts";
import { MIGRATION_SOURCES } from "./migration_sources.ts";
import { mountApis } from "../../services.ts";
import { openAuthenticator } from "./open_authenticator.ts";
import type { EventWorker } from "@archway/events/worker/event_worker.ts";
import { openEventWorker } from "./open_event_worker.ts";
import { limitOptions } from "./limit_options.ts";
import { blamingRoutes, type OpenRateLimit, openRateLimit } from "./open_rate_limit.ts";
import { type Database, openDatabase } from "./open_database.ts";
import { print } from "./print.ts";
import { tellOfPower } from "./tell_of_power.ts";
import { untilStopped } from "./until_stopped.ts";
import { welcome } from "./welcome.ts";

/** Runs the service until a signal stops it. What was opened is closed in reverse order. */
export async function serve(config: Config, { greet }: { readonly greet: boolean }): Promise<number> {
  // Reloading on change, Deno takes a program that has stopped for one that waits for the next change: Ctrl-C ends it.
  const stopped = greet ? new Promise<never>(() => {}) : untilStopped();
  await using stack = new AsyncDisposableStack();
  const terminal = Deno.stdout.isTerminal();
  const { logger } = stack.use(await configureLogging(config.logLevel, { terminal }));
  const prometheus = config.admin !== undefined;
  const telemetry = stack.use(await startTelemetry({ logger, prometheus }));
  // Before anything is opened that takes long.
  if (config.listener.tls !== undefined) await readTls(config.listener.tls);
  const database = stack.use(await openDatabase(config, telemetry.database));
  telemetry.watch(database.pool);
  const authenticator = await openAuthenticator(config, logger);
  const rateLimit = await openRateLimit(config, logger);
  if (rateLimit !== undefined) stack.use(rateLimit);
  const stopping = new AbortController();
  // Whatever ends this function: nothing is begun any more for what is being closed.
  stack.defer(() => stopping.abort());
  const migrations = new MigrationKeeper(database.pool, MIGRATION_SOURCES, {
    migrate: config.migrateOnStart,
  });
  const tablesMade = migrations.run({
    signal: stopping.signal,
    onApplied: (files) => logger.info("Applied migrations {files}", { files }),
    onPending: (files) => logger.warn("Waiting for archway migrate up to apply {files}", { files }),
    onUnavailable: (error) =>
      logger.warn("Waiting for the database: {message}", { message: describeFault(error) }),
  });
  const migrated = tablesMade.then(() => warnOfPower(config, { database, logger, signal: stopping.signal }));
  // It is waited for below; until then nobody is told that it failed.
  migrated.catch(() => {});
  stack.use(sweepKeys(config, { database, logger }));
  const worker = config.worker.inline
    ? stack.use(await openEventWorker(config, { database, logger, telemetry }))
    : undefined;
  // Whoever waits for them to be made is told when they cannot be.
  tablesMade.then(() => stopping.signal.aborted || worker?.start(), () => {});
  const parts = { database, migrations, logger, telemetry, authenticator, rateLimit, worker };
  const server = stack.use(blamingRoutes(() => buildServer(config, parts)));
  // Nobody is to find the service without its tables; a database that is down is told by /readyz meanwhile.
  await Promise.race([migrated, migrations.waiting]);
  if (config.admin !== undefined && telemetry.prometheus !== undefined) {
    const admin = stack.use(startAdminServer(config.admin, telemetry.prometheus));
    logger.info("Metrics are at {metrics}", { metrics: `${admin.url}/metrics` });
  }
  const { url } = await server.listen();
  if (greet) await print(Deno.stdout, welcome({ url, database: database.description }));
  // A failed migration ends the program; one that is done leaves it to the signal.
  const signal = await Promise.race([stopped, migrated.then(() => stopped)]);
  logger.info("Stopping on {signal}", { signal });
  stopping.abort();
  // What the last requests leave in the outbox leaves with the next start, or by another process.
  await Promise.all([server.shutdown(), worker?.[Symbol.asyncDispose]()]);
  return 0;
}

interface Warning {
  readonly database: Database;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The embedded database has one role for everything; of a server the service needs no more than rows. */
async function warnOfPower(config: Config, { database, logger, signal }: Warning): Promise<void> {
  if (config.database.kind === "embedded" || signal.aborted) return;
  try {
    const power = await tellOfPower(database.pool.writer(), { migrates: config.migrateOnStart, signal });
    if (power !== undefined) logger.warn("{power}: db/roles.sql makes one that may not", { power });
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (signal.aborted) return;
    logger.warn("What the database role may do could not be found out: {message}", {
      message: describeFault(error),
    });
  }
}

function sweepKeys(
  { idempotencyTtlMs: ttlMs }: Config,
  { database: { pool }, logger }: Pick<Parts, "database" | "logger">,
): KeySweeper {
  return new KeySweeper({
    writer: () => pool.writer(),
    ttlMs,
    now: microsecondClock(),
    onFailed: (error) =>
      logger.warn("Expired idempotency keys could not be removed: {message}", {
        message: error instanceof Error ? error.message : "unknown",
      }),
  });
}

interface Parts {
  readonly database: Database;
  readonly migrations: MigrationKeeper;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly authenticator: Authenticator | undefined;
  readonly rateLimit: OpenRateLimit | undefined;
  /** Undefined: other processes send events out. */
  readonly worker: EventWorker | undefined;
}

function buildServer(
  config: Config,
  { database, migrations, logger, telemetry, authenticator, rateLimit, worker }: Parts,
): Server {
  return createServer(
    config.host,
    config.port,
    options.withLogger(logger),
    ...telemetry.requests.map(options.withObserver),
    options.withReadTimeout(config.readTimeoutMs),
    options.withWriteTimeout(config.writeTimeoutMs),
    ...(config.listener.guard ? [options.withGuard(config.listener.guard)] : []),
    ...(config.listener.tls ? [options.withTls(config.listener.tls)] : []),
    options.withMaxBodyBytes(config.maxBodyBytes),
    options.withResponseValidation(config.validateResponses),
    options.withDrain({ waitMs: config.drainWaitMs, timeoutMs: config.drainTimeoutMs }),
    ...(config.admission ? [options.withAdmission(config.admission)] : []),
    options.withReadiness(databaseChecks(database.pool, migrations)),
    ...(authenticator ? [options.withAuthenticator(authenticator)] : []),
    ...limitOptions(config, { rateLimit, logger }),
    // Nobody has to say who he is: then pages from elsewhere, in a browser of this machine, must not be let in by a name.
    ...(authenticator === undefined && isPrivate(config) ? [options.withPrivateHostsOnly()] : []),
    ...(config.publicUrl ? [options.withPublicUrl(config.publicUrl.href)] : []),
    ...mountApis({ ...config, allowPrivateWebhooks: config.worker.webhooks.allowPrivate }, {
      database,
      logger,
      onDeliveryDue: () => worker?.deliveryDue(),
    }),
  );
}
