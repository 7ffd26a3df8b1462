import type { InstanceConfig, TlsConfig } from "@archway/db/postgres/pool_config.ts";

/** Invalid database URL. The message does not repeat it. */
export class TargetUrlError extends Error {
  override readonly name = "TargetUrlError";
}

const EXAMPLE = "postgres://user:password@host:5432/database";

/** Placeholder for the host with `?host=`, since the URL parser requires one after a user. */
const NO_HOST = "-";

/** TLS options by mode, with the modes of POSTGRES_PRIMARY_TLS. */
const SSL_MODES: ReadonlyMap<string, TlsConfig | undefined> = new Map([
  ["disable", undefined],
  ["require", { verify: false }],
  ["verify-full", { verify: true }],
]);

/**
 * Parses the URL of a database, `postgres://user:password@host:port/database?sslmode=…` (PostgreSQL, "Connection
 * URIs"). The default port is 5432, the default `sslmode` disable; without a password none is sent. The directory of a
 * Unix socket is passed as `?host=/path`.
 *
 * @throws {TargetUrlError}
 */
export function parseTargetUrl(text: string): InstanceConfig {
  const url = URL.parse(text.trim().replace(/^(postgres(?:ql)?:\/\/[^/@?#]*@)(?=\/)/, `$1${NO_HOST}`));
  if (url === null) throw new TargetUrlError(`expected a URL such as ${EXAMPLE}`);
  if (!/^postgres(ql)?:$/.test(url.protocol)) {
    throw new TargetUrlError("the scheme must be postgres or postgresql");
  }
  const { host, sslmode } = readQuery(url.searchParams);
  const database = decode(url.pathname.slice(1), "database");
  const user = decode(url.username, "user");
  const named = url.hostname === NO_HOST ? "" : decode(url.hostname, "host").replace(/^\[(.*)\]$/, "$1");
  const address = host ?? named;
  if (address === "") throw new TargetUrlError(`host is missing, expected a URL such as ${EXAMPLE}`);
  if (user === "") throw new TargetUrlError(`user is missing, expected a URL such as ${EXAMPLE}`);
  if (database === "" || database.includes("/")) {
    throw new TargetUrlError(`database is missing or contains a slash, expected a URL such as ${EXAMPLE}`);
  }
  const tls = SSL_MODES.get(sslmode);
  return {
    host: address,
    port: Number(url.port || 5432),
    user,
    password: decode(url.password, "password"),
    database,
    maxConnections: 2,
    ...(tls !== undefined && { tls }),
  };
}

function readQuery(query: URLSearchParams): { readonly host: string | undefined; readonly sslmode: string } {
  for (const name of query.keys()) {
    if (name !== "host" && name !== "sslmode") {
      throw new TargetUrlError("unknown parameter, expected host or sslmode");
    }
  }
  const sslmode = query.get("sslmode") ?? "disable";
  if (!SSL_MODES.has(sslmode)) {
    throw new TargetUrlError(`sslmode must be one of: ${[...SSL_MODES.keys()].join(", ")}`);
  }
  return { host: query.get("host") || undefined, sslmode };
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new TargetUrlError(
      `invalid percent-encoding in the ${part}; write %25 for %`,
    );
  }
}
