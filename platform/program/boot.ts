import type { WorkConfig } from "@archway/config/config.ts";
import type { Share } from "@archway/config/divide_limits.ts";
import { isLoopback } from "@archway/config/is_loopback.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { startAdminServer } from "@archway/observability/admin_server.ts";
import { configureLogging } from "@archway/observability/logging.ts";
import { startTelemetry, type Telemetry } from "@archway/observability/telemetry.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { DeveloperTool } from "@archway/service_kit/developer_tool.ts";
import type { BackgroundWork, MountedService } from "@archway/service_kit/service_module.ts";
import { formatError } from "./format_error.ts";
import { hmacSecretsOf } from "./hmac_secrets.ts";
import { MigrationGate } from "./migration_gate.ts";
import { type MountedServices, mountServices } from "./mount_services.ts";
import { type Database, openDatabase, WAITING } from "./open_database.ts";
import { enabledTool, openTool } from "./open_tool.ts";
import { openSupervisor, type Supervisor } from "./supervisor.ts";
import { migrationSources, type Project } from "./project.ts";
import { checkRolePrivileges } from "./check_role_privileges.ts";

/** Resources shared by `serve` and `worker`. Disposing closes them in reverse order of opening. */
export interface Booted extends AsyncDisposable {
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly database: Database;
  readonly migrations: MigrationGate;
  readonly mounted: MountedServices;
  /** Tool for developers; undefined if it is off. */
  readonly tool: DeveloperTool | undefined;
  /** Resolves when all migrations are applied; rejects when one fails. */
  readonly migrated: Promise<void>;
  /** Aborts when the program starts to stop. */
  readonly stopping: AbortSignal;
  /** Reports the state of the program to its supervisor. */
  readonly supervisor: Supervisor;
  /** Writes the log and exports telemetry, as far as they are queued. */
  flush(): Promise<void>;
  /** Ends the wait for migrations. */
  stop(): void;
  /** Opens background work, which starts once migrations are applied. */
  openBackground(services: readonly MountedService[]): Promise<readonly BackgroundWork[]>;
  /** Starts the admin server if ADMIN_PORT is set, and returns the URL of the metrics. */
  openAdmin(isReady?: () => boolean): string | undefined;
}

/** Options of {@link boot}. */
export interface BootOptions extends Project {
  /**
   * Whether a developer reads the log, which then shows errors unredacted.
   *
   * @default {false}
   */
  readonly development?: boolean;
  /**
   * Whether pending migrations are applied or awaited.
   *
   * @default true
   */
  readonly awaitsMigrations?: boolean;
  /**
   * Whether it has a tool for developers, if one is on: it serves requests, alone.
   *
   * @default {false}
   */
  readonly hasTool?: boolean;
  /**
   * Whether the tool stores over restarts what it records.
   *
   * @default true
   */
  readonly storesHistory?: boolean;
  /**
   * Whether all lines of the log go to the standard error, as the output belongs to a command.
   *
   * @default {false}
   */
  readonly isCommand?: boolean;
  /** Process among several of the program; its number is in each line of the log. */
  readonly share?: Share | undefined;
}

/** Opens logging, telemetry and the database, mounts the services, and starts to apply or await migrations. */
export async function boot(
  config: WorkConfig,
  {
    name,
    version,
    services,
    development = false,
    awaitsMigrations = true,
    hasTool = false,
    share,
    ...options
  }: BootOptions,
): Promise<Booted> {
  await using stack = new AsyncDisposableStack();
  const { storesHistory = true, isCommand = false } = options;
  const terminal = (isCommand ? Deno.stderr : Deno.stdout).isTerminal();
  const tool = hasTool ? await openTool(config, { name, development, storesHistory }) : undefined;
  if (tool !== undefined) stack.use(tool);
  const logging = {
    recorder: tool,
    terminal,
    development,
    format: config.logFormat,
    ...(share !== undefined && { fields: { worker: share.index } }),
    ...(isCommand && { stdout: Deno.stderr }),
  };
  const log = stack.use(await configureLogging(config.logLevel, logging));
  const { logger } = log;
  const unused = hasTool ? undefined : enabledTool(config);
  if (unused !== undefined) {
    logger.warn("{setting} has no effect here: only {name} serve and {name} dev can record requests", {
      setting: unused.setting,
      name,
    });
  }
  const supervisor = stack.use(openSupervisor(config.supervisor, logger));
  const prometheus = config.admin !== undefined;
  const telemetry = stack.use(
    await startTelemetry({
      ...{ logger, prometheus, name, exports: config.telemetry, recorder: tool },
      slowStatementMs: config.slowStatementMs,
    }),
  );
  const database = stack.use(
    await openDatabase(config, {
      use: "service",
      observer: telemetry.database,
      onMessage: (message) => logger.error("Embedded database: {event}", { event: message }),
      onWait: () => logger.warn(WAITING),
    }),
  );
  logger.info("Database: {database}", { database: database.description });
  telemetry.watch(database.pool);
  const stopping = new AbortController();
  // Also on failure, so that nothing starts while resources are closing.
  stack.defer(() => stopping.abort());
  const mounted = mountServices(config, {
    ...{ services, logger, telemetry, development },
    program: { name, version },
    database: { pool: database.pool, hmacSecrets: await hmacSecretsOf(config) },
  });
  const migrations = new MigrationGate(database.pool, migrationSources(services), {
    migrate: config.migrateOnStart,
  });
  const migrated = !awaitsMigrations ? Promise.resolve() : migrations.run({
    signal: stopping.signal,
    onApplied: (files) => logger.info("Applied migrations {files}", { files }),
    onNotice: ({ fileName, severity, text }) =>
      logger.info("Migration {file}: {severity}: {text}", { file: fileName, severity, text }),
    onWait: (reason) => logger.warn("Migrations are waiting for {reason}", { reason }),
    onPending: (files) =>
      logger.warn("Waiting for pending migrations {files}; run {command}", {
        files,
        command: `${name} migrate up`,
      }),
    ...(development && {
      onFailed: (message: string) =>
        logger.error("Migrations failed and are retried every second: {message}", { message }),
    }),
    onUnavailable: (error) =>
      logger.warn("Waiting for the database: {message}", { message: formatError(error) }),
  });
  if (awaitsMigrations) {
    // Nothing waits for it.
    void migrated.then(
      () => warnOfExcessPrivileges(config, { database, logger, signal: stopping.signal }),
      () => {},
    );
  }
  // Awaited later; an earlier rejection must not count as unhandled.
  migrated.catch(() => {});
  const opened = stack.move();
  return {
    ...{ logger, telemetry, database, migrations, mounted, migrated, supervisor, tool },
    stopping: stopping.signal,
    async flush(): Promise<void> {
      await Promise.all([log.flush(), telemetry.flush?.()]);
    },
    stop(): void {
      void supervisor.notify("STOPPING=1");
      stopping.abort();
    },
    async openBackground(services): Promise<readonly BackgroundWork[]> {
      const all: BackgroundWork[] = [];
      for (const { background } of services) {
        if (background !== undefined) all.push(opened.use(await background.open()));
      }
      const start = (): void => all.forEach((work) => work.start());
      migrated.then(() => stopping.signal.aborted || start(), () => {});
      return all;
    },
    openAdmin(isReady): string | undefined {
      if (config.admin === undefined || telemetry.prometheus === undefined) return undefined;
      const privateHostsOnly = isLoopback(config.admin.host);
      const options = {
        privateHostsOnly,
        ...(isReady && { isReady }),
        // In development the program serves it at its own address.
        ...(tool !== undefined && !development && { endpoint: tool.endpoint }),
      };
      const admin = opened.use(startAdminServer(config.admin, telemetry.prometheus, options));
      const url = `${admin.url}/metrics`;
      // Those of one among several processes are for its supervisor.
      if (share === undefined) logger.info("Serving metrics at {metrics}", { metrics: url });
      return url;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

interface PrivilegeCheckDependencies {
  readonly database: Database;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Warns of a database role with more privileges than needed; the embedded database has a single role. */
async function warnOfExcessPrivileges(
  config: WorkConfig,
  { database, logger, signal }: PrivilegeCheckDependencies,
): Promise<void> {
  if (config.database.kind === "embedded" || signal.aborted) return;
  try {
    const excess = await checkRolePrivileges(database.pool.writer(), {
      migrates: config.migrateOnStart,
      signal,
    });
    if (excess === undefined) return;
    logger.warn("Database role {role} has excessive privileges ({privileges}); see db/roles.sql", {
      ...excess,
    });
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (signal.aborted) return;
    logger.warn("Privileges of the database role could not be checked: {message}", {
      message: formatError(error),
    });
  }
}
