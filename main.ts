import { parseArgs } from "node:util";
import { v7 as newId } from "uuid";
import { type Config, ConfigError, parseConfig } from "./config.ts";
import { EmbeddedError } from "./db/embedded/embedded_error.ts";
import { configureLogging } from "./logging.ts";
import { ProfileAPI } from "./profile_service/api.ts";
import { ProfileService } from "./profile_service/app.ts";
import { CursorCodec } from "./profile_service/cursor.ts";
import { PostgresProfileRepository } from "./profile_service/persistence.ts";
import { microsecondClock } from "./profile_service/timestamp.ts";
import { withProfileApi } from "./profile_service/with_profile_api.ts";
import { databaseChecks } from "./program/database_checks.ts";
import { MigrationKeeper } from "./program/migration_keeper.ts";
import { MIGRATION_SOURCES } from "./program/migration_sources.ts";
import { type Database, openDatabase } from "./program/open_database.ts";
import { untilStopped } from "./program/until_stopped.ts";
import { welcome } from "./program/welcome.ts";
import type { Logger } from "./server/logger.ts";
import { createServer, ListenError, type Server } from "./server/server.ts";
import * as options from "./server/server_options.ts";
import { KeyRing } from "./signing/key_ring.ts";

const USAGE = `Usage: archway [command]

Commands:
  serve   run the service (the default)
  dev     run it and greet the developer

It is configured by environment variables; .env.example in the repository lists them.
`;

/** Runs the program and gives its exit code. */
async function main(args: string[]): Promise<number> {
  // Not strict: what is unknown is told the usage, not an error with a stack.
  const { values: { help, ...unknown }, positionals: [command = "serve", ...rest] } = parseArgs({
    args,
    allowPositionals: true,
    strict: false,
    options: { help: { type: "boolean", short: "h" } },
  });
  if (help) return print(Deno.stdout, USAGE, 0);
  rest.push(...Object.keys(unknown));
  if (!["serve", "dev"].includes(command) || rest.length > 0) return print(Deno.stderr, USAGE, 2);
  return await serve(parseConfig((name) => Deno.env.get(name)), { greet: command === "dev" });
}

/** Runs the service until a signal stops it. What was opened is closed in reverse order. */
async function serve(config: Config, { greet }: { readonly greet: boolean }): Promise<number> {
  // Reloading on change, Deno takes a program that has stopped for one that waits for the next change: Ctrl-C ends it.
  const stopped = greet ? new Promise<never>(() => {}) : untilStopped();
  const logger = await configureLogging(config.logLevel, { terminal: Deno.stdout.isTerminal() });
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openDatabase(config));
  const stopping = new AbortController();
  const migrations = new MigrationKeeper(database.pool, MIGRATION_SOURCES);
  const migrated = migrations.run({
    signal: stopping.signal,
    onApplied: (files) => logger.info("Applied migrations {files}", { files }),
    onUnavailable: ({ message }) => logger.warn("Waiting for the database: {message}", { message }),
  });
  const server = stack.use(buildServer(config, { database, migrations, logger }));
  // Nobody is to find the service without its tables; a database that is down is told by /readyz meanwhile.
  await Promise.race([migrated, migrations.unreachable]);
  const { url } = await server.listen();
  if (greet) await print(Deno.stdout, welcome({ url, database: database.description }), 0);
  // A failed migration ends the program; one that is done leaves it to the signal.
  const signal = await Promise.race([stopped, migrated.then(() => stopped)]);
  logger.info("Stopping on {signal}", { signal });
  stopping.abort();
  await server.shutdown();
  return 0;
}

interface Parts {
  readonly database: Database;
  readonly migrations: MigrationKeeper;
  readonly logger: Logger;
}

function buildServer(config: Config, { database, migrations, logger }: Parts): Server {
  const profiles = new ProfileService({
    connections: database.pool,
    profiles: new PostgresProfileRepository(),
    now: microsecondClock(),
    newId,
  });
  const cursors = new CursorCodec({
    keys: new KeyRing(database.hmacSecrets, "profile cursor"),
    ttlSeconds: config.cursorTtlSeconds,
    nowMs: Date.now,
  });
  return createServer(
    config.host,
    config.port,
    options.withLogger(logger),
    options.withReadTimeout(config.readTimeoutMs),
    options.withWriteTimeout(config.writeTimeoutMs),
    options.withMaxBodyBytes(config.maxBodyBytes),
    options.withResponseValidation(config.validateResponses),
    options.withDrain({ waitMs: config.drainWaitMs, timeoutMs: config.drainTimeoutMs }),
    options.withReadiness(databaseChecks(database.pool, migrations)),
    ...(config.publicUrl ? [options.withPublicUrl(config.publicUrl.href)] : []),
    withProfileApi(new ProfileAPI(profiles, cursors)),
  );
}

async function print(
  stream: { write(bytes: Uint8Array): Promise<number> },
  text: string,
  code: number,
): Promise<number> {
  await stream.write(new TextEncoder().encode(text));
  return code;
}

/** A person can mend these by what they say; anything else is a fault of the program and shows where it arose. */
function isForPeople(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof ListenError || error instanceof EmbeddedError;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!isForPeople(error)) throw error;
    Deno.exit(await print(Deno.stderr, `${error.message}\n`, 1));
  }
}
