import { InvalidSetting } from "@archway/service_kit/setting.ts";
import type { TlsFiles, TlsMode } from "./server_tls.ts";

/** Parts of a connection URI. */
export interface DatabaseUrl {
  /** Servers of which one is the primary. A host is a name, an address, or the directory of a Unix socket. */
  readonly hosts: readonly [ServerAddress, ...ServerAddress[]];
  readonly user: string;
  /** Undefined if the URI has none. */
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: TlsFiles;
  /** Command-line options of the session, such as "-c search_path=app". */
  readonly options: string | undefined;
}

/** Address of a server. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

const EXAMPLE = "postgres://user:password@host:5432/database";
const URI = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const PARAMETERS = [
  ...["host", "port", "user", "password", "dbname", "options", "target_session_attrs"],
  ...["sslmode", "sslnegotiation", "sslrootcert", "sslcert", "sslkey"],
];
const SSL_MODES: readonly TlsMode[] = ["disable", "require", "verify-full"];

/**
 * Parses a connection URI: `postgres://user:password@host:port,host:port/database?parameters` (PostgreSQL, "Connection
 * URIs"). Without a port it is 5432, without `sslmode` nothing is encrypted. Parameters take precedence.
 *
 * @throws {InvalidSetting} with a reason that repeats nothing of the URI.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const parts = URI.exec(text.trim());
  if (parts === null) throw invalid(`must be a URL such as ${EXAMPLE}`);
  const [, userInfo = "", authority = "", path = "", query = ""] = parts;
  const parameters = readParameters(query);
  const [userPart = "", ...passwordParts] = userInfo.split(":");
  if (userInfo.includes("@")) throw invalid("has an @ in its password or user; write %40 for it");
  const user = parameters.get("user") ?? decode(userPart, "user");
  const database = parameters.get("dbname") ?? decode(path, "database");
  if (user === "") throw invalid(`names no user, as ${EXAMPLE} does`);
  if (database === "" || path.includes("/")) throw invalid(`names no database, as ${EXAMPLE} does`);
  const password = passwordParts.length === 0 ? undefined : decode(passwordParts.join(":"), "password");
  return {
    hosts: readHosts(authority, parameters),
    user,
    password: parameters.get("password") ?? password,
    database,
    tls: readTls(parameters),
    options: parameters.get("options"),
  };
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map(
    query.split("&").filter((pair) => pair !== "").map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name, decode(value.join("="), "query")];
    }),
  );
  if ([...parameters.keys()].some((name) => !PARAMETERS.includes(name))) {
    throw invalid(`has a parameter other than ${PARAMETERS.join(", ")}; remove it`);
  }
  const attributes = parameters.get("target_session_attrs") ?? "read-write";
  if (!["read-write", "primary"].includes(attributes)) {
    throw invalid("must have target_session_attrs read-write or primary, if any: it names the primary");
  }
  return parameters;
}

function readHosts(authority: string, parameters: ReadonlyMap<string, string>): DatabaseUrl["hosts"] {
  const named = authority.split(",").map(readAddress);
  const hosts = parameters.get("host")?.split(",") ?? named.map(({ host }) => host);
  const ports = parameters.get("port")?.split(",") ?? named.map(({ port }) => port);
  const [only] = ports;
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw invalid("must have a port for each host, or one");
  }
  const addresses = hosts.map((host, index): ServerAddress => {
    const text = (ports.length === 1 ? only : ports[index]) || "5432";
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (host === "") throw invalid(`names no host, as ${EXAMPLE} does`);
    if (port < 1 || port > 65_535) throw invalid("must have ports from 1 to 65535");
    return { host, port };
  });
  if (new Set(addresses.map(({ host, port }) => `${host} ${port}`)).size < addresses.length) {
    throw invalid("must not name a server twice");
  }
  const [first = { host: "", port: 0 }, ...others] = addresses;
  return [first, ...others];
}

function readAddress(text: string): { readonly host: string; readonly port: string } {
  const [, ipv6, name = "", port = ""] = /^(?:\[([\da-fA-F:.%]+)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? [];
  return { host: ipv6 ?? decode(name, "host"), port };
}

function readTls(parameters: ReadonlyMap<string, string>): TlsFiles {
  const text = parameters.get("sslmode") ?? "disable";
  const mode = SSL_MODES.find((known) => known === text);
  if (mode === undefined) throw invalid(`must have one of the sslmodes ${SSL_MODES.join(", ")}`);
  return {
    mode,
    caFile: parameters.get("sslrootcert"),
    certFile: parameters.get("sslcert"),
    keyFile: parameters.get("sslkey"),
    isDirect: readNegotiation(parameters),
  };
}

/** Returns whether TLS begins without a request (libpq's sslnegotiation). */
function readNegotiation(parameters: ReadonlyMap<string, string>): boolean {
  const text = parameters.get("sslnegotiation") ?? "postgres";
  if (text !== "postgres" && text !== "direct") throw invalid("must have sslnegotiation postgres or direct");
  return text === "direct";
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw invalid(`has a % in its ${part} that two hexadecimal digits do not follow; write %25 for a %`);
  }
}

function invalid(reason: string): InvalidSetting {
  return new InvalidSetting(reason);
}
