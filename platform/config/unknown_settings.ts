import type { Setting } from "@archway/service_kit/setting.ts";
import { type SettingError, variablesOf } from "./environment_reader.ts";
import { nearest } from "./nearest.ts";

/** Prefixes that only settings of the program have: any other name with one is a mistake. */
const OWN_PREFIXES = ["POSTGRES_"];

/** Other programs' words for parts of a server's settings. */
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

/** Variables of the PostgreSQL image, which the environment of a program beside such a container may have too. */
const OF_IMAGE = new Set([
  "POSTGRES_USER",
  "POSTGRES_PASSWORD",
  "POSTGRES_PASSWORD_FILE",
  "POSTGRES_DB",
  "POSTGRES_INITDB_ARGS",
  "POSTGRES_HOST_AUTH_METHOD",
]);

/** What to compare with the settings. */
export interface UnknownSettingsOptions {
  readonly settings: readonly Setting<unknown>[];
  /** Name of the program, which newcomers try as a prefix: ARCHWAY_PORT. */
  readonly project: string;
}

/**
 * Returns the variables that were probably meant as settings: those with a prefix of the program that it does not read,
 * and those that differ from a setting by at most two letters.
 */
export function unknownSettings(
  environment: Readonly<Record<string, string>>,
  { settings, project }: UnknownSettingsOptions,
): readonly SettingError[] {
  const known = new Set(settings.flatMap(variablesOf));
  const projectPrefix = `${project.toUpperCase()}_`;
  const prefixes = [...OWN_PREFIXES, projectPrefix];
  return Object.entries(environment).flatMap(([variable, value]): readonly SettingError[] => {
    if (value === "" || known.has(withFirstNumber(variable)) || isOfKubernetes(variable, value)) return [];
    if (OF_IMAGE.has(variable) && environment["POSTGRES_PRIMARY_HOST"]) return [];
    const hint = suggest(withFirstNumber(variable.replace(projectPrefix, "")), known)
      ?.replace(REPLICA, REPLICA.exec(variable)?.[0] ?? "");
    if (hint === undefined && !prefixes.some((prefix) => variable.startsWith(prefix))) return [];
    return [{
      variable,
      reason: `is not a setting; ${hint === undefined ? SEE_LIST : `did you mean ${hint}?`}`,
    }];
  });
}

const SEE_LIST = "`config` lists all of them";

const REPLICA = /POSTGRES_REPLICA_\d+_/;

/** Returns the name of a replica's setting as the table has it, with the number 0. */
function withFirstNumber(variable: string): string {
  return variable.replace(REPLICA, "POSTGRES_REPLICA_0_");
}

function isOfKubernetes(variable: string, value: string): boolean {
  return OF_KUBERNETES.test(variable) || (variable.endsWith("_PORT") && KUBERNETES_PORT.test(value));
}

function suggest(variable: string, known: ReadonlySet<string>): string | undefined {
  if (known.has(variable)) return variable;
  const [, rest] = /^POSTGRES_(?:PRIMARY_)?(\w+)$/.exec(variable) ?? [];
  const ofPrimary = `POSTGRES_PRIMARY_${SYNONYMS.get(rest ?? "") ?? rest}`;
  if (known.has(ofPrimary)) return ofPrimary;
  return nearest(variable, [...known].filter((name) => name.length > 5));
}
