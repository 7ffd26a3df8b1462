import type { ConnectionPool } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { AuditTrail } from "./audit_trail.ts";
import type { ServiceCommand } from "./command.ts";
import type { ProgramIdentity } from "./command_program.ts";
import type { ConsistencyTokens } from "./consistency_tokens.ts";
import type { ConfiguredTool } from "./developer_tool.ts";
import type { InspectedService } from "./developer_view.ts";
import type { EventCatalog } from "./event_catalog.ts";
import type { ExportDefinition } from "./export_definition.ts";
import type { GraphqlBatches, GraphqlFace } from "./graphql_face.ts";
import type { JobDefinition, JobHandler } from "./job.ts";
import type { MetricSink } from "./metric_sink.ts";
import type { WorkTracer } from "./observed_work.ts";
import type { PersonalDataCipher } from "./personal_data.ts";
import type { JobRegistry, ScheduleDefinition } from "./schedule.ts";
import type { ServiceDescription } from "./service_description.ts";
import type { SettingsReader } from "./setting.ts";

/** Static description of a service with its commands; see {@link ServiceDefinition} for its startup. */
interface ServiceWithCommands extends ServiceDescription {
  /** Commands it adds to the program. @default {[]} */
  readonly commands?: readonly ServiceCommand[];
}

/** A service, or a capability that services share, as services.ts lists it. */
export interface ServiceModule extends ServiceWithCommands {
  /** Reads its settings. Invalid ones are reported to the reader. */
  configure(settings: SettingsReader): ConfiguredService;
}

/** A service with its settings. */
export interface ConfiguredService {
  readonly name: string;
  /** Tool for developers, which watches the program. @default none */
  readonly tool?: ConfiguredTool;
  /** Kinds of jobs that follow from its settings; without the module "jobs", nothing runs them. @default none */
  readonly jobs?: readonly JobDefinition[];
  /** Times at which these are enqueued. @default none */
  readonly schedules?: readonly ScheduleDefinition[];
  /** Creates the audit trail of all services. @default none */
  readonly audit?: ((dependencies: AuditDependencies) => AuditTrail) | undefined;
  /** Wires the service up, once per program, without opening connections. */
  mount(dependencies: ServiceDependencies): MountedService;
}

/** Dependencies of an audit trail. */
export type AuditDependencies = Pick<ServiceDependencies, "pool" | "now" | "logger">;

/** API and background work of a service in a running program. */
export interface MountedService extends InspectedService {
  /** Background work. @default none */
  readonly background?: Background;
  /** A handler for each kind of job that it lists. @default none */
  readonly jobs?: readonly JobHandler[];
  /** Reads of many resources at once, for its GraphQL fields. @default none */
  readonly graphql?: GraphqlBatches;
}

/** Background work of a service, such as the delivery of events. */
export interface Background {
  /** Whether `serve` runs it too, or only `worker`. */
  readonly inline: boolean;
  open(): Promise<BackgroundWork>;
}

/** Background work that was opened. Disposing stops it gracefully. */
export interface BackgroundWork extends AsyncDisposable {
  /** Starts the work; called once, after all migrations are applied. */
  start(): void;
}

/** Options of running a command in a thread. */
export interface ThreadOptions {
  /** Aborts the command, which has a few seconds to end. */
  readonly signal: AbortSignal;
  /** Called with each text that the command prints. */
  readonly onPrinted: (text: string) => void;
}

/**
 * Runs a command of the program in a thread of its own, with connections of its own, so that it holds up no request.
 * Returns its exit code.
 *
 * @throws {CommandError} with the message of the command, if it fails; the reason of the signal if that has aborted.
 */
export type RunInThread = (args: readonly string[], options: ThreadOptions) => Promise<number>;

/** Dependencies that the program passes to every service. */
export interface ServiceDependencies {
  readonly program: ProgramIdentity;
  readonly pool: ConnectionPool;
  readonly logger: Logger;
  /** Current time with microseconds. */
  readonly now: () => Timestamp;
  /** Generates a UUIDv7. */
  readonly newId: () => string;
  /** Secrets, newest first, for a `KeyRing` or `EncryptionKeyRing` with its own purpose. */
  readonly secrets: readonly [string, ...string[]];
  /** Encrypts personal fields of events; undefined if no service offers it. */
  readonly cipher: PersonalDataCipher | undefined;
  /** Records who reads and changes personal data; undefined if that is off. */
  readonly audit: AuditTrail | undefined;
  /** Lifetime of page cursors, in seconds. */
  readonly cursorTtlSeconds: number;
  readonly tokens: ConsistencyTokens;
  /** Events of all listed services. */
  readonly catalogs: readonly EventCatalog[];
  /** Loads the data sets of all listed services. */
  readonly exports: () => Promise<readonly ExportDefinition[]>;
  /** Jobs and schedules of all listed services. */
  readonly jobs: JobRegistry;
  /** GraphQL fields of all listed services. */
  readonly graphqlFaces: readonly GraphqlFace[];
  /** All services, once they are mounted. */
  readonly mounted: () => readonly MountedService[];
  readonly runInThread: RunInThread;
  /** Whether a developer runs the program, with `dev`. */
  readonly development: boolean;
  /** Metrics are disabled if undefined. */
  readonly metrics: MetricSink | undefined;
  readonly tracer: WorkTracer;
  /** Time limit for work in progress when the program stops, in milliseconds. */
  readonly drainTimeoutMs: number;
}

/** A service with settings of type `S`. */
export interface ServiceDefinition<S> extends ServiceWithCommands {
  readonly configure: (reader: SettingsReader) => S;
  mount(dependencies: ServiceDependencies, settings: S): MountedService;
}

/** A service without settings of its own. */
export interface PlainServiceDefinition extends ServiceWithCommands {
  mount(dependencies: ServiceDependencies): MountedService;
}

/** Creates the module of a service, which its `module.ts` exports and services.ts lists. */
export function defineService<S>(definition: ServiceDefinition<S>): ServiceModule;
export function defineService(definition: PlainServiceDefinition): ServiceModule;
export function defineService<S>(definition: ServiceDefinition<S> | PlainServiceDefinition): ServiceModule {
  const { name } = definition;
  return {
    ...definition,
    configure(reader): ConfiguredService {
      if (!("configure" in definition)) {
        return {
          name,
          mount: (dependencies) => definition.mount(dependencies),
        };
      }
      const settings = definition.configure(reader);
      return { name, mount: (dependencies) => definition.mount(dependencies, settings) };
    },
  };
}
