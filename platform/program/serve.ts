import { isPrivate } from "@archway/config/auth_config.ts";
import type { Config } from "@archway/config/config.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import type { Authenticator } from "@archway/server/authentication.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import * as options from "@archway/server/server_options.ts";
import { readTls } from "@archway/server/tls.ts";
import { KeySweeper } from "@archway/service_kit/idempotency.ts";
import { boot, type Booted } from "./boot.ts";
import { databaseChecks } from "./database_checks.ts";
import { limitOptions } from "./limit_options.ts";
import { openAuthenticator } from "./open_authenticator.ts";
import { type OpenRateLimit, openRateLimit, withConfigErrors } from "./open_rate_limit.ts";
import { print } from "./print.ts";
import type { Project } from "./project.ts";
import { waitForStopSignal } from "./wait_for_stop_signal.ts";
import { welcome } from "./welcome.ts";

/** How the service is run. */
export interface ServeOptions extends Project {
  /** Whether a developer is greeted, and the program is reloaded on change. */
  readonly greet: boolean;
}

/** Runs the service until a signal stops it. What was opened is closed in reverse order. */
export async function serve(config: Config, { greet, ...project }: ServeOptions): Promise<number> {
  // Reloading on change, Deno takes a program that has stopped for one that waits for the next change: Ctrl-C ends it.
  const stopped = greet ? new Promise<never>(() => {}) : waitForStopSignal();
  // Before anything is opened that takes long.
  if (config.listener.tls !== undefined) await readTls(config.listener.tls);
  await using program = await boot(config, { ...project, development: greet });
  await using stack = new AsyncDisposableStack();
  const { logger, migrations, migrated, mounted } = program;
  const authenticator = await openAuthenticator(config, logger);
  const rateLimit = await openRateLimit(config, logger);
  if (rateLimit !== undefined) stack.use(rateLimit);
  stack.use(sweepKeys(config, program));
  const inline = mounted.services.filter(({ background }) => background?.inline);
  const background = await program.openBackground(inline);
  const server = stack.use(
    withConfigErrors(() => buildServer(config, { ...program, authenticator, rateLimit })),
  );
  // The service is not found without its tables; while the database is down, /readyz says so.
  await Promise.race([migrated, migrations.waiting]);
  program.openAdmin();
  const { url } = await server.listen();
  if (greet) {
    await print(Deno.stdout, welcome({ url, database: program.database.description, project, mounted }));
  }
  // A failed migration ends the program; otherwise the signal does.
  const signal = await Promise.race([stopped, migrated.then(() => stopped)]);
  logger.info("Stopping on {signal}", { signal });
  program.stop();
  // What the last requests leave in the outbox leaves with the next start, or by another process.
  await Promise.all([server.shutdown(), ...background.map((work) => work[Symbol.asyncDispose]())]);
  return 0;
}

function sweepKeys(
  { idempotencyTtlMs: ttlMs }: Config,
  { database: { pool }, logger }: Pick<Booted, "database" | "logger">,
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

interface ServerDependencies
  extends Pick<Booted, "database" | "migrations" | "logger" | "telemetry" | "mounted"> {
  readonly authenticator: Authenticator | undefined;
  readonly rateLimit: OpenRateLimit | undefined;
}

function buildServer(
  config: Config,
  { database, migrations, logger, telemetry, mounted, authenticator, rateLimit }: ServerDependencies,
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
    options.withIdempotency(mounted.idempotency),
    ...mounted.services.flatMap(({ api }) => api === undefined ? [] : [options.withApi(api)]),
  );
}
