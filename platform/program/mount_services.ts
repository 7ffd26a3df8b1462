import { v7 as newId } from "uuid";
import { ConfigError, type WorkConfig } from "@archway/config/config.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { microsecondClock, type Timestamp } from "@archway/db/timestamp.ts";
import type { Telemetry } from "@archway/observability/telemetry.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { ProgramIdentity } from "@archway/service_kit/command_program.ts";
import { ConsistencyTokens } from "@archway/service_kit/consistency_tokens.ts";
import { PostgresIdempotency } from "@archway/service_kit/idempotency.ts";
import { type ExportDefinition, loadExports } from "@archway/service_kit/export_definition.ts";
import type { JobHandler } from "@archway/service_kit/job.ts";
import type { MountedService, RunInThread, ServiceModule } from "@archway/service_kit/service_module.ts";
import { InvalidScheduleError, type JobRegistry } from "@archway/service_kit/schedule.ts";
import { KeyRing } from "@archway/service_kit/signing.ts";

/** Dependencies of {@link mountServices}. */
export interface MountServicesDependencies {
  /** @default {{ name: "archway" }} */
  readonly program?: ProgramIdentity;
  readonly services: readonly ServiceModule[];
  readonly database: {
    readonly pool: ConnectionPool;
    /** Secrets that sign cursors and tokens, newest first. */
    readonly hmacSecrets: readonly [string, ...string[]];
  };
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, "metrics" | "tracer">;
  /** Whether a developer runs the program. @default {false} */
  readonly development?: boolean;
  /** Current time with microseconds. @default {microsecondClock()} */
  readonly now?: () => Timestamp;
}

/** Mounted services of a program. */
export interface MountedServices {
  readonly services: readonly MountedService[];
  readonly idempotency: PostgresIdempotency;
}

/** Mounts every service on one database. */
export function mountServices(
  config: Pick<WorkConfig, "services" | "cursorTtlSeconds" | "idempotencyTtlMs" | "drainTimeoutMs">,
  {
    program = { name: "archway" },
    services,
    database: { pool, hmacSecrets: secrets },
    logger,
    telemetry,
    development = false,
    now = microsecondClock(),
  }: MountServicesDependencies,
): MountedServices {
  const tokens = new ConsistencyTokens({
    keys: new KeyRing(secrets, "consistency token"),
    position: pool.position.bind(pool),
    onUnissued: (reason) => logger.warn("Response to a write has no Consistency-Token: {reason}", { reason }),
  });
  const { cursorTtlSeconds, drainTimeoutMs } = config;
  const { metrics, tracer } = telemetry;
  const catalogs = services.flatMap(({ events }) => events === undefined ? [] : [events]);
  const cipher = services.find((service) => service.cipher !== undefined)?.cipher?.(secrets);
  const audit = config.services.find((service) => service.audit !== undefined)?.audit?.({
    pool,
    now,
    logger,
  });
  const configured = {
    jobs: config.services.flatMap(({ jobs = [] }) => jobs),
    schedules: config.services.flatMap(({ schedules = [] }) => schedules),
  };
  if (configured.jobs.length > 0 && !services.some(({ name }) => name === "jobs")) {
    logger.warn("Jobs of the kinds {kinds} do not run: services.ts does not list jobs", {
      kinds: configured.jobs.map(({ kind }) => kind).join(", "),
    });
  }
  const dependencies = {
    ...{ program, pool, logger, cipher, audit, now, newId, secrets, cursorTtlSeconds, tokens, catalogs },
    ...{ metrics, tracer },
    ...{ drainTimeoutMs, development, runInThread },
    exports: (): Promise<readonly ExportDefinition[]> => loadExports(services),
    graphqlFaces: services.flatMap(({ graphql = [] }) => graphql),
    mounted: (): readonly MountedService[] => mounted,
    jobs: {
      definitions: [...services.flatMap(({ jobs = [] }) => jobs), ...configured.jobs],
      schedules: [...services.flatMap(({ schedules = [] }) => schedules), ...configured.schedules],
      handlers: (): readonly JobHandler[] => mounted.flatMap(({ jobs = [] }) => jobs),
    },
  };
  const mounted: readonly MountedService[] = withScheduleErrors(() =>
    config.services.map((service) => service.mount(dependencies))
  );
  checkHandlers(dependencies.jobs);
  return {
    services: mounted,
    idempotency: new PostgresIdempotency({
      pool,
      ttlMs: config.idempotencyTtlMs,
      now,
      audit,
      fresh: async (options): Promise<Record<string, string>> => ({ ...await tokens.header(options) }),
    }),
  };
}

/** @throws {ConfigError} for a setting with the times of a schedule, which the module that plans them has refused. */
function withScheduleErrors<T>(mount: () => T): T {
  try {
    return mount();
  } catch (error) {
    if (!(error instanceof InvalidScheduleError) || error.setting === undefined) throw error;
    throw new ConfigError([{ variable: error.setting, reason: `is invalid: ${error.reason}` }]);
  }
}

/** Loaded on demand: few programs need it. */
const runInThread: RunInThread = async (...command) =>
  await (await import("./command_thread.ts")).runInThread(...command);

/** @throws {Error} for a kind of job without a handler, or a handler of a kind that no service lists. */
function checkHandlers({ definitions, handlers }: JobRegistry): void {
  const kinds = definitions.map(({ kind }) => kind);
  const handled = handlers().map(({ job }) => job.kind);
  const missing = kinds.find((kind) => !handled.includes(kind));
  if (missing !== undefined) {
    throw new Error(`Job ${missing} has no handler; return one as \`jobs\` from the mount of its service`);
  }
  const unlisted = handled.find((kind, index) => !kinds.includes(kind) || handled.indexOf(kind) !== index);
  if (unlisted === undefined) return;
  throw new Error(`Job ${unlisted} has more handlers than the \`jobs\` in the module.ts of its service`);
}
