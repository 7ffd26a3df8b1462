import { isPrivate } from "@archway/config/auth_config.ts";
import type { Config } from "@archway/config/config.ts";
import type { Share } from "@archway/config/divide_limits.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { loadOrCreateDevelopmentKey, signDevelopmentToken } from "@archway/server/authentication.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import * as options from "@archway/server/server_options.ts";
import { readTls } from "@archway/server/tls.ts";
import { keySweeper } from "@archway/service_kit/idempotency.ts";
import type { PeriodicTask } from "@archway/service_kit/periodic_task.ts";
import { boot, type Booted } from "./boot.ts";
import { databaseChecks } from "./database_checks.ts";
import { limitOptions } from "./limit_options.ts";
import { type OpenAuthenticator, openAuthenticator } from "./open_authenticator.ts";
import { type OpenRateLimit, openRateLimit, withConfigErrors } from "./open_rate_limit.ts";
import { print } from "./print.ts";
import type { Project } from "./project.ts";
import { waitForStopSignal } from "./wait_for_stop_signal.ts";
import { welcome } from "./welcome.ts";
import { openWorkerLink, type WorkerLink } from "./workers/worker_link.ts";

/** Options of {@link serve}. */
export interface ServeOptions extends Project {
  /** Whether to print the greeting for developers, who run the program with --watch. */
  readonly greet: boolean;
  /** Process among several that a supervisor has started; undefined for one that serves alone. */
  readonly share?: Share | undefined;
}

/** Serves the API until a signal stops it, and closes everything in reverse order of opening. */
export async function serve(config: Config, { greet, share, ...project }: ServeOptions): Promise<number> {
  // With --watch, Deno would wait for the next change after a graceful stop, so Ctrl-C must end the process at once.
  const signaled = greet ? new Promise<never>(() => {}) : waitForStopSignal();
  const link = share && openWorkerLink();
  const stopped = link === undefined ? signaled : Promise.race([signaled, link.stopped]);
  // Fails early, before slow resources are opened.
  if (config.listener.tls !== undefined) await readTls(config.listener.tls);
  await using program = await boot(config, { ...project, development: greet, share });
  await using stack = new AsyncDisposableStack();
  const { logger, migrations, migrated, mounted } = program;
  const { pool } = program.database;
  const authentication = await openAuthenticator(config, { logger, pool, signal: program.stopping });
  if (authentication !== undefined) stack.use(authentication);
  const rateLimit = await openRateLimit(config, logger);
  if (rateLimit !== undefined) stack.use(rateLimit);
  // One process of several does what needs to be done once.
  const isFirst = (share?.index ?? 0) === 0;
  const sweeper = stack.use(sweepKeys(config, program));
  migrated.then(() => isFirst && sweeper.start(), () => {});
  const inline = mounted.services.filter(({ background }) => isFirst && background?.inline);
  const background = await program.openBackground(inline);
  const server = stack.use(
    withConfigErrors(() => buildServer(config, { ...program, authentication, rateLimit, project, link })),
  );
  // Listens once migrations are applied. If that takes longer, it listens at once and /readyz reports the state.
  await Promise.race([migrated, migrations.waiting]);
  const metrics = program.openAdmin();
  const { url } = await server.listen();
  if (link === undefined) await program.supervisor.notify("READY=1");
  else {
    await program.supervisor.notify(`X_LISTENING=1\nX_METRICS=${metrics ?? ""}`);
    migrated.then(() => program.supervisor.notify("READY=1"), () => {});
  }
  if (greet) {
    const database = program.database.description;
    await print(
      Deno.stdout,
      welcome({
        url,
        database,
        project,
        mounted,
        documents: config.documents,
        reference: config.apiReference,
      }),
    );
  }
  // Ends on a signal or a failed migration.
  const signal = await Promise.race([stopped, migrated.then(() => stopped)]);
  if (signal === "orphaned") logger.warn("The supervisor has ended, shutting down");
  else if (signal === "handover") logger.info("Another process takes over, shutting down");
  else logger.info("Received {signal}, shutting down", { signal });
  program.stop();
  // Events that the last requests put into the outbox are sent after the next start, or by another process.
  const shutdown = server.shutdown({ handover: signal === "handover" });
  await Promise.all([shutdown, ...background.map((work) => work[Symbol.asyncDispose]())]);
  return 0;
}

function sweepKeys(
  { idempotencyTtlMs: ttlMs }: Config,
  { database: { pool }, logger }: Pick<Booted, "database" | "logger">,
): PeriodicTask {
  return keySweeper({
    writer: () => pool.writer(),
    ttlMs,
    now: microsecondClock(),
    onFailed: (error) =>
      logger.warn("Expired idempotency keys could not be removed: {message}", {
        message: error instanceof Error ? error.message : "unknown",
      }),
  });
}

interface ServerDependencies
  extends Pick<Booted, "database" | "migrations" | "logger" | "telemetry" | "mounted"> {
  readonly authentication: OpenAuthenticator | undefined;
  readonly rateLimit: OpenRateLimit | undefined;
  readonly project: Project;
  /** Link to the supervisor of several processes. */
  readonly link: WorkerLink | undefined;
}

function buildServer(
  config: Config,
  { database, migrations, logger, telemetry, mounted, authentication, rateLimit, project, link }:
    ServerDependencies,
): Server {
  return createServer(
    config.host,
    config.port,
    options.withLogger(logger),
    ...telemetry.requests.map(options.withObserver),
    options.withReadTimeout(config.readTimeoutMs),
    options.withWriteTimeout(config.writeTimeoutMs),
    ...(config.listener.connectionLimits
      ? [options.withConnectionLimits(config.listener.connectionLimits)]
      : []),
    ...(config.listener.proxyProtocol ? [options.withProxyProtocol()] : []),
    ...(config.listener.tls ? [options.withTls(config.listener.tls)] : []),
    options.withMaxBodyBytes(config.maxBodyBytes),
    options.withCompression(config.compressMinBytes),
    options.withResponseValidation(config.validateResponses),
    options.withDocuments(config.documents),
    options.withPages(pageOptions(config, project)),
    ...(link ? [options.withReusePort(), options.withReadiness(link.readiness)] : []),
    options.withDrain({ waitMs: config.drainWaitMs, timeoutMs: config.drainTimeoutMs }),
    ...(config.admission ? [options.withAdmission(config.admission)] : []),
    options.withReadiness(databaseChecks(database.pool, migrations)),
    ...(authentication
      ? [
        options.withAuthenticator(authentication.authenticator),
        options.withCredentialAuthenticator(authentication.apiKeys),
      ]
      : []),
    ...(config.auth.kind !== "none" && config.auth.certificateHeader !== undefined
      ? [options.withCertificateHeader(config.auth.certificateHeader)]
      : []),
    ...(authentication?.readiness ? [options.withReadiness(authentication.readiness)] : []),
    ...limitOptions(config, { rateLimit, logger }),
    // Without authentication, or with tokens for everyone, checking Host protects against DNS rebinding by pages in a
    // browser on this machine.
    ...((config.auth.kind === "none" || config.auth.kind === "dev") && isPrivate(config)
      ? [options.withPrivateHostsOnly()]
      : []),
    ...(config.publicUrl ? [options.withPublicUrl(config.publicUrl.href)] : []),
    options.withIdempotency(mounted.idempotency),
    ...mounted.services.flatMap(({ api }) => api === undefined ? [] : [options.withApi(api)]),
  );
}

function pageOptions(config: Config, { name, version, services }: Project): options.PageOptions {
  const { auth, database } = config;
  const replicas = database.kind === "postgres" ? database.replicas.length : 0;
  const kind = database.kind === "embedded"
    ? "embedded PostgreSQL"
    : `PostgreSQL${replicas === 0 ? "" : ` with ${replicas} read replica${replicas === 1 ? "" : "s"}`}`;
  return {
    landing: config.landingPage ? { name, version, database: kind } : undefined,
    reference: config.apiReference,
    ...(auth.kind === "dev" && database.kind === "embedded" && {
      token: (): Promise<string> => developmentToken(database.dataDirectory, services),
    }),
  };
}

async function developmentToken(directory: string, services: Project["services"]): Promise<string> {
  const scope = services.flatMap(({ scopes = [] }) => scopes).join(" ");
  const key = await loadOrCreateDevelopmentKey(directory);
  return await signDevelopmentToken(key, { subject: "developer", scope, lifetimeSeconds: 3600 });
}
