import type { EventCatalog } from "./event_catalog.ts";
import type { ExportDefinition } from "./export_definition.ts";
import type { GraphqlFace } from "./graphql_face.ts";
import type { JobDefinition } from "./job.ts";
import type { PersonalDataCipher, PersonalDataSource, TableDeclaration } from "./personal_data.ts";
import type { ScheduleDefinition } from "./schedule.ts";
import type { SettingsSection } from "./setting.ts";

/** Static description of a service: what is known of it before its configuration is read. */
export interface ServiceDescription {
  /** Name of the folder, such as "profile_service". */
  readonly name: string;
  /** Names of modules that services.ts must list too, such as "events". @default {[]} */
  readonly requires?: readonly string[];
  /** Absolute path of the folder of migrations. @default no tables */
  readonly migrations?: string;
  /** Declaration of every table that its migrations create. @default no tables */
  readonly tables?: readonly TableDeclaration[];
  /** Returns the cipher for personal data of all services. @default none: events are stored in plain text */
  readonly cipher?: (secrets: readonly [string, ...string[]]) => PersonalDataCipher;
  /** Exports and erases data of a person. @default it has none */
  readonly personalData?: () => Promise<PersonalDataSource>;
  /** Events that it publishes. @default none */
  readonly events?: EventCatalog;
  /** Kinds of jobs that it enqueues and runs; requires "jobs". @default none */
  readonly jobs?: readonly JobDefinition[];
  /** Times at which its jobs are enqueued. @default none */
  readonly schedules?: readonly ScheduleDefinition[];
  /** Default scopes of a development token. @default {[]} */
  readonly scopes?: readonly string[];
  /** Settings that `configure` reads. @default none */
  readonly settings?: SettingsSection;
  /** Loads the data sets that it offers to the command `export`, if "export" is listed. @default none */
  readonly exports?: () => Promise<readonly ExportDefinition[]>;
  /** Whether it has background work, which `worker` can run in a separate process. @default {false} */
  readonly hasBackground?: boolean;
  /** GraphQL fields for the operations of its OpenAPI document; served if "graphql" is listed. @default none */
  readonly graphql?: GraphqlFace;
  /** Returns files that follow from all listed services, by path; `deno task gen` writes them. @default none */
  readonly artifacts?: (services: readonly ServiceDescription[]) => Promise<ReadonlyMap<string, string>>;
  /** Example command lines that `dev` prints; `{url}` stands for the address of the program. @default {[]} */
  readonly examples?: readonly string[];
}
