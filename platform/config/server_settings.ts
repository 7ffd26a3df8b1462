import type { TlsConfig } from "@archway/db/postgres/pool_config.ts";
import type { Setting } from "@archway/service_kit/setting.ts";
import {
  choiceSetting,
  integerSetting,
  secretSetting,
  textSetting,
} from "@archway/service_kit/setting_types.ts";

/** TLS options by mode; undefined means no encryption. */
export const TLS_MODES = {
  disable: undefined,
  require: { verify: false },
  "verify-full": { verify: true },
} as const satisfies Readonly<Record<string, TlsConfig | undefined>>;

export type TlsMode = keyof typeof TLS_MODES;

const MODES = ["disable", "require", "verify-full"] as const satisfies readonly TlsMode[];

/** Settings of one PostgreSQL server. */
export interface ServerSettings {
  readonly host: Setting<string | undefined>;
  readonly user: Setting<string | undefined>;
  readonly password: Setting<string | undefined>;
  readonly database: Setting<string | undefined>;
  readonly maxConnections: Setting<number | undefined>;
  readonly tls: Setting<TlsMode | undefined>;
}

const AS_PRIMARY = "as the primary";

/** Settings of the primary. */
export const PRIMARY: ServerSettings & { readonly port: Setting<string> } = {
  ...settingsOf("POSTGRES_PRIMARY_", {
    host:
      "Name or address of the PostgreSQL server (18 or later) that takes writes, or a list separated by commas if " +
      "a standby can be promoted: writes go to the one that accepts them. The embedded database is used if absent.",
    hostExample: "127.0.0.1",
    isReplica: false,
  }),
  port: textSetting("POSTGRES_PRIMARY_PORT", {
    default: "5432",
    type: "port or list of ports",
    description: "Port of every host, or a list with one port for each.",
  }),
};

/** Settings of a replica, by its number. */
export function replicaSettings(
  number: number,
): ServerSettings & { readonly port: Setting<number | undefined> } {
  const prefix = `POSTGRES_REPLICA_${number}_`;
  return {
    ...settingsOf(prefix, {
      host: "Name or address of a read replica. Replicas are numbered from 0 without gaps, 64 at most.",
      hostExample: undefined,
      isReplica: true,
    }),
    port: integerSetting(`${prefix}PORT`, {
      min: 1,
      max: 65_535,
      defaultRule: AS_PRIMARY,
      description: "Port of the replica.",
    }),
  };
}

interface ServerSettingsOptions {
  readonly host: string;
  readonly hostExample: string | undefined;
  readonly isReplica: boolean;
}

function settingsOf(prefix: string, { host, hostExample, isReplica }: ServerSettingsOptions): ServerSettings {
  const inherited = isReplica ? { defaultRule: AS_PRIMARY } : { defaultRule: "required with a host" };
  return {
    host: textSetting(`${prefix}HOST`, {
      description: host,
      ...(hostExample !== undefined && { example: hostExample }),
    }),
    user: textSetting(`${prefix}USER`, { ...inherited, description: "Role to connect as." }),
    password: secretSetting(`${prefix}PASSWORD`, { ...inherited, description: "Password of the role." }),
    database: textSetting(`${prefix}DATABASE`, { ...inherited, description: "Name of the database." }),
    maxConnections: integerSetting(`${prefix}POOL_MAX_CONNS`, {
      min: 1,
      max: 1000,
      ...(isReplica ? { defaultRule: AS_PRIMARY } : { default: 10 }),
      description:
        "Maximum number of connections of this process. All processes together count against the " +
        "server's max_connections.",
    }),
    tls: choiceSetting(`${prefix}TLS`, MODES, {
      ...(isReplica ? { defaultRule: AS_PRIMARY } : { default: "disable" }),
      description: "TLS to the server: require encrypts, verify-full also verifies the certificate.",
    }),
  };
}
