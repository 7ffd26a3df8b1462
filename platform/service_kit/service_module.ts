import type { ConnectionPool } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { ApiModule } from "@archway/server/api_module.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { ServiceCommand } from "./command.ts";
import type { ConsistencyTokens } from "./consistency_tokens.ts";
import type { EventCatalog } from "./event_catalog.ts";
import type { MetricSink } from "./metric_sink.ts";
import type { WorkTracer } from "./observed_work.ts";
import type { SettingsReader, SettingsSection } from "./setting.ts";

/** What a service declares about itself; see {@link ServiceDefinition} for how it starts. */
export interface ServiceDescription {
  /** Name of the folder, such as "profile_service". */
  readonly name: string;
  /** Names of modules that have to be listed too, such as "events". @default {[]} */
  readonly requires?: readonly string[];
  /** Absolute path of the folder of migrations; undefined: no tables. */
  readonly migrations?: string;
  /** Events it publishes; undefined: none. */
  readonly events?: EventCatalog;
  /** Scopes of a development token by default. @default {[]} */
  readonly scopes?: readonly string[];
  /** Settings of its own, which `configure` reads; undefined: none. */
  readonly settings?: SettingsSection;
  /** Commands it adds to the program. @default {[]} */
  readonly commands?: readonly ServiceCommand[];
  /** Whether it has work beside requests, which `worker` does alone. @default {false} */
  readonly hasBackground?: boolean;
  /** Command lines to try first, for `dev`; `{url}` stands for the address of the program. @default {[]} */
  readonly examples?: readonly string[];
}

/** A service, or a capability that services share, as services.ts lists it. */
export interface ServiceModule extends ServiceDescription {
  /** Reads its settings. Invalid ones are reported to the reader, all at once. */
  configure(settings: SettingsReader): ConfiguredService;
}

/** A service whose settings are known. */
export interface ConfiguredService {
  readonly name: string;
  /** Wires the service up, once a program. Opens nothing yet. */
  mount(parts: ServiceDependencies): MountedService;
}

/** What a service consists of in a running program. */
export interface MountedService {
  /** Routes, OpenAPI document and error table; undefined: no HTTP API. */
  readonly api?: ApiModule;
  /** Work beside requests; undefined: none. */
  readonly background?: Background;
}

/** Work beside requests, such as delivering events. */
export interface Background {
  /** Whether `serve` does it too, or only `worker`. */
  readonly inline: boolean;
  open(): Promise<BackgroundWork>;
}

/** Work beside requests that was opened. Disposing ends it in order. */
export interface BackgroundWork extends AsyncDisposable {
  /** Begins; called once all migrations are applied. */
  start(): void;
}

/** What the program hands to every service. */
export interface ServiceDependencies {
  readonly pool: ConnectionPool;
  readonly logger: Logger;
  /** Current time with microseconds. */
  readonly now: () => Timestamp;
  /** A new UUIDv7. */
  readonly newId: () => string;
  /** HMAC secrets, newest first, for a `KeyRing` or `EncryptionKeyRing` with a purpose of its own. */
  readonly secrets: readonly [string, ...string[]];
  /** Lifetime of page cursors. */
  readonly cursorTtlSeconds: number;
  readonly tokens: ConsistencyTokens;
  /** Events of all listed services. */
  readonly catalogs: readonly EventCatalog[];
  /** Undefined: no metrics are collected. */
  readonly metrics: MetricSink | undefined;
  readonly tracer: WorkTracer;
  /** Time for work in progress to end when the program stops. */
  readonly drainTimeoutMs: number;
}

/** A service with settings of type `S`. */
export interface ServiceDefinition<S> extends ServiceDescription {
  readonly configure: (reader: SettingsReader) => S;
  mount(parts: ServiceDependencies, settings: S): MountedService;
}

/** A service without settings of its own. */
export interface PlainServiceDefinition extends ServiceDescription {
  mount(parts: ServiceDependencies): MountedService;
}

/** Makes the module of a service: what its `module.ts` exports and services.ts lists. */
export function defineService<S>(definition: ServiceDefinition<S>): ServiceModule;
export function defineService(definition: PlainServiceDefinition): ServiceModule;
export function defineService<S>(definition: ServiceDefinition<S> | PlainServiceDefinition): ServiceModule {
  const { name } = definition;
  return {
    ...definition,
    configure(reader): ConfiguredService {
      if (!("configure" in definition)) return { name, mount: (parts) => definition.mount(parts) };
      const settings = definition.configure(reader);
      return { name, mount: (parts) => definition.mount(parts, settings) };
    },
  };
}
