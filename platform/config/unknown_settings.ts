import type { Setting } from "@archway/service_kit/setting.ts";
import { type SettingError, variablesOf } from "./environment_reader.ts";
import { nearest } from "./nearest.ts";
import { DATABASE_URL, PRIMARY } from "./server_settings.ts";

/** Prefixes reserved for settings of the program. */
const OWN_PREFIXES = ["POSTGRES_"];

/** Common alternative names for parts of a server's settings. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ["DB", "DATABASE"],
  ["DBNAME", "DATABASE"],
  ["NAME", "DATABASE"],
  ["USERNAME", "USER"],
  ["PASS", "PASSWORD"],
  ["HOSTNAME", "HOST"],
  ["SSLMODE", "TLS"],
]);

/** Variables that Kubernetes sets for the services of a namespace: POSTGRES_SERVICE_HOST, POSTGRES_PORT_5432_TCP … */
const OF_KUBERNETES =
  /_SERVICE_(?:HOST|PORT)(?:_[A-Z0-9_]+)?$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
const KUBERNETES_PORT = /^(?:tcp|udp|sctp):\/\//;

/** Variables of the PostgreSQL image, which may be in the same environment. */
const OF_IMAGE = new Set([
  "POSTGRES_USER",
  "POSTGRES_PASSWORD",
  "POSTGRES_PASSWORD_FILE",
  "POSTGRES_DB",
  "POSTGRES_INITDB_ARGS",
  "POSTGRES_HOST_AUTH_METHOD",
]);

/** Variables by which other programs find their server; this program would start on the embedded database. */
export const FOREIGN_SERVERS = ["PGHOST", "PGSERVICE"];

const FOREIGN_REASON =
  "names a server, and is not a setting; set DATABASE_URL or POSTGRES_PRIMARY_HOST, or " +
  "EMBEDDED_DATA_DIR for the embedded database";

/** Options of {@link unknownSettings}. */
export interface UnknownSettingsOptions {
  readonly settings: readonly Setting<unknown>[];
  /** Name of the program; as a prefix, as in ARCHWAY_PORT, it marks a variable as a mistake. */
  readonly project: string;
}

/**
 * Returns variables that are probably misspelt settings: unknown ones with a reserved prefix, and those within two
 * edits of the name of a setting.
 */
export function unknownSettings(
  environment: Readonly<Record<string, string>>,
  { settings, project }: UnknownSettingsOptions,
): readonly SettingError[] {
  const known = new Set(settings.flatMap(variablesOf));
  const projectPrefix = `${project.toUpperCase()}_`;
  const prefixes = [...OWN_PREFIXES, projectPrefix];
  const foreign = hasServer(environment) || environment["EMBEDDED_DATA_DIR"] ? [] : FOREIGN_SERVERS;
  return Object.entries(environment).flatMap(([variable, value]): readonly SettingError[] => {
    if (value === "" || known.has(withFirstNumber(variable)) || isOfKubernetes(variable, value)) return [];
    if (OF_IMAGE.has(variable) && hasServer(environment)) return [];
    if (foreign.includes(variable)) return [{ variable, reason: FOREIGN_REASON }];
    const hint = suggest(withFirstNumber(variable.replace(projectPrefix, "")), known)
      ?.replace(REPLICA, REPLICA.exec(variable)?.[0] ?? "");
    if (hint === undefined && !prefixes.some((prefix) => variable.startsWith(prefix))) return [];
    return [{
      variable,
      reason: `is not a setting; ${
        hint === undefined ? `\`${project} config\` lists all settings` : `did you mean ${hint}?`
      }`,
    }];
  });
}

function hasServer(environment: Readonly<Record<string, string>>): boolean {
  return [PRIMARY.host, DATABASE_URL].flatMap(variablesOf).some((name) => environment[name]);
}

const REPLICA = /POSTGRES_REPLICA_\d+_/;

/** Replaces the number of a replica by 0, as the table of settings lists only the first. */
function withFirstNumber(variable: string): string {
  return variable.replace(REPLICA, "POSTGRES_REPLICA_0_");
}

function isOfKubernetes(variable: string, value: string): boolean {
  return OF_KUBERNETES.test(variable) || (variable.endsWith("_PORT") && KUBERNETES_PORT.test(value));
}

function suggest(variable: string, known: ReadonlySet<string>): string | undefined {
  if (known.has(variable)) return variable;
  if (/^POSTGRES_(?:PRIMARY_)?UR[LI]$/.test(variable)) return DATABASE_URL.name;
  const [, rest] = /^POSTGRES_(?:PRIMARY_)?(\w+)$/.exec(variable) ?? [];
  const ofPrimary = `POSTGRES_PRIMARY_${SYNONYMS.get(rest ?? "") ?? rest}`;
  if (known.has(ofPrimary)) return ofPrimary;
  return nearest(variable, [...known].filter((name) => name.length > 5));
}
