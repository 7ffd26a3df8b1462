import { isLoopback } from "@archway/config/is_loopback.ts";
import type { StorageConfig } from "@archway/config/storage_config.ts";
import type { MigrationSource } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import {
  type CommandContext,
  type CommandDatabase,
  type CommandDatabaseOptions,
  CommandError,
  type ServiceCommand,
  UsageError,
} from "@archway/service_kit/command.ts";
import type { PersonalDataCipher } from "@archway/service_kit/personal_data.ts";
import type { ServiceDescription } from "@archway/service_kit/service_description.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import type { ThreadContext } from "./command_thread.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { migrationReporter } from "./migration_reporter.ts";
import { openDatabase } from "./open_database.ts";
import { notify, print } from "./print.ts";
import { showProgress } from "./show_progress.ts";
import { spool, type Write } from "./spool.ts";
import { usageLines } from "./usage.ts";
import { SIGNAL_EXIT_CODES, waitForStopSignal } from "./wait_for_stop_signal.ts";

/** Options of {@link runServiceCommand}. */
export interface RunServiceCommandOptions {
  /** Name of the program, for messages. */
  readonly project: string;
  /** Reads the configuration. */
  readonly configure: () => StorageConfig;
  readonly sources: readonly MigrationSource[];
  readonly services: readonly ServiceDescription[];
  /** Reads settings of a command. @throws {ConfigError} for invalid ones. */
  readonly readSettings: <T>(read: (reader: SettingsReader) => T) => T;
  readonly openProgram: CommandContext["openProgram"];
  /** Reads the secrets; only for commands that need them. */
  readonly secrets: () => Promise<readonly [string, ...string[]]>;
  /** Parts of the context of a command in a thread of a program that serves. @default none */
  readonly thread?: ThreadContext;
  /** Called when the command uses the embedded database of another process. */
  readonly onElsewhere?: () => void;
}

/** Follows an error when the other process has ended. */
const ENDED = "the program that has the embedded database open has ended or restarted; run the command again";

/**
 * Runs a command that a service adds to the program.
 *
 * @returns the exit code of the command; 1 for an error that the user can correct, 2 for invalid arguments.
 */
export async function runServiceCommand(
  command: ServiceCommand,
  args: readonly string[],
  options: RunServiceCommandOptions,
): Promise<number> {
  const { project } = options;
  let isElsewhere = false;
  try {
    return await command.run(args, commandContext({ ...options, onElsewhere: () => isElsewhere = true }));
  } catch (error) {
    if (!(error instanceof CommandError || isDatabaseError(error))) throw error;
    const text = isElsewhere && isLoss(error) ? `${formatError(error)}: ${ENDED}` : formatError(error);
    await print(Deno.stderr, `${project} ${command.name}: ${text}\n`);
    if (!(error instanceof UsageError)) return 1;
    await print(Deno.stderr, usageLines(`${project} ${command.name}`, [command.usage].flat()));
    return 2;
  }
}

/** Whether the connection was lost without a reason by the server. */
function isLoss(error: Error): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const isExplained = error.cause instanceof Error && error.cause.name === "PostgresError";
  return !isExplained && (error.code === "unavailable" || error.code === "outcome-unknown");
}

/** Returns the context of a command. */
export function commandContext(
  { project, configure, sources, services, readSettings, openProgram, secrets, thread, onElsewhere }:
    RunServiceCommandOptions,
): CommandContext {
  const own = thread ?? processContext();
  return {
    services,
    readSettings,
    async cipher(): Promise<PersonalDataCipher | undefined> {
      const { cipher } = services.find((service) => service.cipher !== undefined) ?? {};
      return cipher?.(await secrets());
    },
    async openDatabase(limits = {}): Promise<CommandDatabase> {
      const config = limitedConfig(configure(), limits);
      refuseRemote(config, limits);
      await using stack = new AsyncDisposableStack();
      const { pool, isElsewhere } = stack.use(await openDatabase(config, { use: "command" }));
      if (isElsewhere) onElsewhere?.();
      // MIGRATE_ON_START applies to commands as it does to the service.
      if (config.migrateOnStart) await pool.migrate(sources, migrationReporter);
      else if ((await pool.pendingMigrations(sources)).length > 0) {
        throw new CommandError(`The database has pending migrations; run ${project} migrate up first`);
      }
      const opened = stack.move();
      return { pool, [Symbol.asyncDispose]: () => opened.disposeAsync() };
    },
    openProgram,
    print: own.print,
    printAfter<T>(fill: (write: Write) => Promise<T>): Promise<T> {
      const { database } = configure();
      const directory = database.kind === "embedded" ? database.dataDirectory : undefined;
      return spool({ fill, write: own.print, directory });
    },
    note: own.note,
    progress: own.progress,
    get signal(): AbortSignal {
      return own.signal;
    },
    get stoppedWith(): number | undefined {
      return own.stoppedWith;
    },
  };
}

/** Returns the context of the command of a process. */
function processContext(): ThreadContext {
  const stopping = new AbortController();
  let stoppedBy: Deno.Signal | undefined;
  let listening = false;
  return {
    print: (text) => print(Deno.stdout, text),
    note: (text) => notify(text),
    progress: showProgress,
    get signal(): AbortSignal {
      if (!listening) {
        listening = true;
        void waitForStopSignal().then((signal) => {
          stoppedBy = signal;
          stopping.abort();
        });
      }
      return stopping.signal;
    },
    get stoppedWith(): number | undefined {
      return stoppedBy === undefined ? undefined : SIGNAL_EXIT_CODES[stoppedBy] ?? 1;
    },
  };
}

/** @throws {CommandError} if the database of a command that is meant for this machine is on another one. */
function refuseRemote({ database }: StorageConfig, { localUnless }: CommandDatabaseOptions): void {
  if (localUnless === undefined || database.kind === "embedded") return;
  const remote = database.primary.find(({ host }) => !isLoopback(host) && !host.startsWith("/"));
  if (remote === undefined) return;
  throw new CommandError(
    `POSTGRES_PRIMARY_HOST is ${remote.host}, which may be another machine with real data: add ${localUnless} to ` +
      "write to its database",
  );
}

/** Returns the configuration of a command's database with limits of its own. */
function limitedConfig(
  config: StorageConfig,
  { unlimited = false, statementTimeoutMs, maxConnections, replicaWaitMs, purpose }: CommandDatabaseOptions,
): StorageConfig {
  const { pool, database, consistencyMaxWaitMs } = config;
  const limited = <I extends { readonly maxConnections: number }>(server: I): I => ({
    ...server,
    maxConnections: Math.min(server.maxConnections, maxConnections ?? server.maxConnections),
  });
  return {
    ...config,
    consistencyMaxWaitMs: replicaWaitMs ?? consistencyMaxWaitMs,
    pool: {
      ...pool,
      ...(unlimited && { statementTimeoutMs: 0, transactionTimeoutMs: 0 }),
      ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
      ...(purpose !== undefined && { applicationName: `${pool.applicationName} ${purpose}`.slice(0, 63) }),
    },
    database: database.kind === "embedded" ? database : {
      ...database,
      primary: [limited(database.primary[0]), ...database.primary.slice(1).map(limited)],
      replicas: database.replicas.map(limited),
    },
  };
}
