import type { Setting } from "@archway/service_kit/setting.ts";
import {
  choiceSetting,
  customSetting,
  integerSetting,
  secretSetting,
  textSetting,
} from "@archway/service_kit/setting_types.ts";
import { type DatabaseUrl, parseDatabaseUrl } from "./database_url.ts";
import type { TlsMode } from "./server_tls.ts";

const MODES = ["disable", "require", "verify-full"] as const satisfies readonly TlsMode[];

/** Settings of one PostgreSQL server. */
export interface ServerSettings {
  readonly host: Setting<string | undefined>;
  readonly port: Setting<unknown>;
  readonly user: Setting<string | undefined>;
  readonly password: Setting<string | undefined>;
  readonly database: Setting<string | undefined>;
  readonly maxConnections: Setting<number | undefined>;
  readonly tls: Setting<TlsMode | undefined>;
  readonly tlsCaFile: Setting<string | undefined>;
  readonly tlsCertFile: Setting<string | undefined>;
  readonly tlsKeyFile: Setting<string | undefined>;
}

const AS_PRIMARY = "as the primary";

/** Settings of the primary. */
export const PRIMARY: ServerSettings & { readonly port: Setting<string> } = {
  ...settingsOf("POSTGRES_PRIMARY_", {
    host:
      "Name or address of the PostgreSQL server (18 or later) that takes writes, or a list separated by commas if " +
      "a standby can be promoted: writes go to the one that accepts them. The embedded database is used without it and DATABASE_URL.",
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

interface Texts {
  readonly host: string;
  readonly hostExample: string | undefined;
  readonly isReplica: boolean;
}

/** Returns the settings of a server in the order of the documentation. */
export function settingsOfServer(server: ServerSettings): readonly Setting<unknown>[] {
  const { host, port, user, password, database, maxConnections, tls, tlsCaFile, tlsCertFile, tlsKeyFile } =
    server;
  return [host, port, user, password, database, maxConnections, tls, tlsCaFile, tlsCertFile, tlsKeyFile];
}

function settingsOf(prefix: string, { host, hostExample, isReplica }: Texts): Omit<ServerSettings, "port"> {
  const inherited = isReplica ? { defaultRule: AS_PRIMARY } : { defaultRule: "required with a host" };
  return {
    host: textSetting(`${prefix}HOST`, {
      description: host,
      ...(hostExample !== undefined && { example: hostExample }),
    }),
    user: textSetting(`${prefix}USER`, { ...inherited, description: "Role to connect as." }),
    password: secretSetting(`${prefix}PASSWORD`, {
      defaultRule: isReplica ? AS_PRIMARY : "none, for peer or certificate authentication",
      description: "Password of the role. A file is read for each connection, so that it may be replaced.",
    }),
    database: textSetting(`${prefix}DATABASE`, { ...inherited, description: "Name of the database." }),
    maxConnections: integerSetting(`${prefix}POOL_MAX_CONNS`, {
      min: 1,
      max: 1000,
      ...(isReplica ? { defaultRule: AS_PRIMARY } : { default: 10 }),
      divided: true,
      description:
        "Maximum number of connections of this program. All instances together count against the " +
        "server's max_connections.",
    }),
    tls: choiceSetting(`${prefix}TLS`, MODES, {
      ...(isReplica ? { defaultRule: AS_PRIMARY } : { default: "disable" }),
      description: "TLS to the server: require encrypts, verify-full also verifies the certificate.",
    }),
    tlsCaFile: textSetting(`${prefix}TLS_CA_FILE`, {
      type: "path",
      ...(isReplica && { defaultRule: AS_PRIMARY }),
      description:
        "Certificates in PEM that verify-full trusts in addition to the system's, for a private CA.",
    }),
    tlsCertFile: textSetting(`${prefix}TLS_CERT_FILE`, {
      type: "path",
      ...(isReplica && { defaultRule: AS_PRIMARY }),
      description: "Client certificate in PEM, for a server that asks for one.",
    }),
    tlsKeyFile: textSetting(`${prefix}TLS_KEY_FILE`, {
      type: "path",
      ...(isReplica && { defaultRule: AS_PRIMARY }),
      description: "Private key of the client certificate, in PEM.",
    }),
  };
}

/** URI in place of the settings of the primary. */
export const DATABASE_URL = customSetting<DatabaseUrl>("DATABASE_URL", {
  type: "URL",
  secret: true,
  example: "postgres://user:password@host:5432/database",
  description:
    "Connection URI of the primary, in place of POSTGRES_PRIMARY_…: several hosts, and the parameters host, " +
    "port, user, password, dbname, options, target_session_attrs, sslmode, sslnegotiation, sslrootcert, sslcert and sslkey.",
  parse: parseDatabaseUrl,
});
