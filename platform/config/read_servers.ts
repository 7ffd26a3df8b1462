import type { InstanceConfig, TlsConfig } from "@archway/db/postgres/pool_config.ts";
import { MAX_SECRET_BYTES, readLimitedFile } from "@archway/server/limited_file.ts";
import { InvalidSetting, type Setting, type SettingsReader } from "@archway/service_kit/setting.ts";
import type { DatabaseUrl, ServerAddress } from "./database_url.ts";
import { DATABASE_URL, PRIMARY, replicaSettings, type ServerSettings } from "./server_settings.ts";
import { LINE_END } from "./environment_reader.ts";
import { loadTls, type TlsFiles } from "./server_tls.ts";

/** The server that takes writes, or candidates of which one does. */
export type PrimaryServers = readonly [InstanceConfig, ...InstanceConfig[]];

/** Everything about a server but its address. */
type ServerAccess = Omit<InstanceConfig, keyof ServerAddress>;

/**
 * Reads the servers that may be the primary, from DATABASE_URL or from POSTGRES_PRIMARY_…: there hosts and ports are
 * lists of the same length, separated by commas; one port serves all hosts.
 */
export function readPrimary(reader: SettingsReader): PrimaryServers {
  if (reader.isSet(DATABASE_URL)) return readUrl(reader);
  const hosts = splitList(reader.require(PRIMARY.host, ""));
  const ports = splitList(reader.read(PRIMARY.port)).map(parsePort);
  if (hosts.includes("")) reader.reject(PRIMARY.host, "must be a host, or several separated by commas");
  if (ports.some(Number.isNaN)) {
    reader.reject(PRIMARY.port, "must be an integer from 1 to 65535, or several separated by commas");
  }
  if (ports.length > 1 && ports.length !== hosts.length) {
    reader.reject(PRIMARY.port, `must list one port for all hosts, or one for each of ${PRIMARY.host.name}`);
  }
  const addresses = hosts.map((host, index): ServerAddress => ({
    host: checkHost(reader, PRIMARY.host, host),
    port: ports[index] ?? ports[0] ?? 5432,
  }));
  const names = new Set(addresses.map(({ host, port }) => `${host} ${port}`));
  if (names.size < addresses.length) reader.reject(PRIMARY.host, "must not list a server twice");
  return withAccess(addresses, readAccess(reader, PRIMARY));
}

/** Reads a replica; what is not set is as with the primary. */
export function readReplica(reader: SettingsReader, number: number, primary: InstanceConfig): InstanceConfig {
  const settings = replicaSettings(number);
  return {
    ...readAccess(reader, settings, primary),
    host: checkHost(reader, settings.host, reader.require(settings.host, "")),
    port: reader.readOr(settings.port, primary.port),
  };
}

/** Settings that DATABASE_URL replaces; the number of connections is no part of it, and a password may be apart. */
const REPLACED = [PRIMARY.host, PRIMARY.port, PRIMARY.user, PRIMARY.database];
const TLS = [PRIMARY.tls, PRIMARY.tlsCaFile, PRIMARY.tlsCertFile, PRIMARY.tlsKeyFile];

function readUrl(reader: SettingsReader): PrimaryServers {
  const url = reader.read(DATABASE_URL);
  const twice = [...REPLACED, ...TLS, ...(url?.password === undefined ? [] : [PRIMARY.password])]
    .find((setting) => reader.isSet(setting));
  if (twice !== undefined) reader.reject(DATABASE_URL, `and ${twice.name} are both set; keep one of them`);
  const maxConnections = reader.read(PRIMARY.maxConnections) ?? 1;
  if (url === undefined) return [{ ...NO_SERVER, maxConnections }];
  const tls = tryLoad(reader, DATABASE_URL, url.tls);
  return withAccess(url.hosts, {
    user: url.user,
    password: url.password ?? reader.read(PRIMARY.password) ?? "",
    ...rotated(reader, PRIMARY.password),
    database: url.database,
    maxConnections,
    ...(tls !== undefined && { tls }),
    ...(url.options !== undefined && { options: url.options }),
  });
}

const NO_SERVER = { host: "", port: 5432, user: "", password: "", database: "" };

/**
 * Returns the server that a URI names, for a command that works on it.
 *
 * @throws {InvalidSetting} for several hosts, and for files that cannot be read.
 */
export function serverOfUrl(
  { hosts, user, password = "", database, tls, options }: DatabaseUrl,
): InstanceConfig {
  if (hosts.length > 1) throw new InvalidSetting("must name one host");
  const loaded = loadTls(tls);
  return {
    ...hosts[0],
    ...{ user, password, database, maxConnections: 2 },
    ...(loaded !== undefined && { tls: loaded }),
    ...(options !== undefined && { options }),
  };
}

/** Reads everything but the address of a server. */
function readAccess(
  reader: SettingsReader,
  settings: ServerSettings,
  primary?: InstanceConfig,
): ServerAccess {
  const inherit = <T>(setting: Setting<T | undefined>, value: T | undefined, placeholder: T): T =>
    value === undefined ? reader.require(setting, placeholder) : reader.readOr(setting, value);
  const tls = readTls(reader, settings, primary?.tls);
  return {
    user: inherit(settings.user, primary?.user, ""),
    password: reader.readOr(settings.password, primary?.password ?? ""),
    ...(reader.isSet(settings.password)
      ? rotated(reader, settings.password)
      : rotated(reader, PRIMARY.password)),
    database: inherit(settings.database, primary?.database, ""),
    maxConnections: inherit(settings.maxConnections, primary?.maxConnections, 1),
    ...(tls !== undefined && { tls }),
    ...(primary?.options !== undefined && { options: primary.options }),
  };
}

/** Returns how the password is read for each connection if it is in a file, which may be replaced. */
function rotated(
  reader: SettingsReader,
  setting: Setting<string | undefined>,
): Pick<InstanceConfig, "readPassword"> {
  const file = reader.fileOf(setting);
  return file === undefined ? {} : {
    readPassword: async ({ signal }) => {
      return (await readLimitedFile(file, MAX_SECRET_BYTES, { signal })).replace(LINE_END, "");
    },
  };
}

/** Reads TLS as a whole: a replica with a setting of its own inherits none of the primary's. */
function readTls(
  reader: SettingsReader,
  { tls, tlsCaFile, tlsCertFile, tlsKeyFile }: ServerSettings,
  inherited: TlsConfig | undefined,
): TlsConfig | undefined {
  const isOwn = [tls, tlsCaFile, tlsCertFile, tlsKeyFile].some((setting) => reader.isSet(setting));
  const files: TlsFiles = {
    mode: reader.read(tls) ?? "disable",
    caFile: reader.read(tlsCaFile),
    certFile: reader.read(tlsCertFile),
    keyFile: reader.read(tlsKeyFile),
  };
  return isOwn ? tryLoad(reader, tls, files) : inherited;
}

function tryLoad(reader: SettingsReader, setting: Setting<unknown>, files: TlsFiles): TlsConfig | undefined {
  try {
    return loadTls(files);
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    reader.reject(setting, error.message);
    return undefined;
  }
}

/** Returns a host without the brackets of an IPv6 address. A URL in its place may hold a password, and is not kept. */
function checkHost(reader: SettingsReader, setting: Setting<unknown>, host: string): string {
  if (!/@|:\/\//.test(host)) return host.replace(/^\[(.*)\]$/, "$1");
  reader.reject(setting, `must be a host and not a URL; ${DATABASE_URL.name} takes one`);
  return "";
}

function withAccess(
  [first = { host: "", port: 5432 }, ...others]: readonly ServerAddress[],
  access: ServerAccess,
): PrimaryServers {
  return [{ ...access, ...first }, ...others.map((address) => ({ ...access, ...address }))];
}

function splitList(text: string): readonly string[] {
  return text.split(",").map((part) => part.trim());
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  return port >= 1 && port <= 65_535 ? port : NaN;
}
