import type { InstanceConfig, TlsConfig } from "@archway/db/postgres/pool_config.ts";

/** A URL that names no database; the message does not repeat it. */
export class TargetUrlError extends Error {
  override readonly name = "TargetUrlError";
}

const EXAMPLE = "postgres://user:password@host:5432/database";

/** Stands where `?host=` makes the host superfluous, since a URL with a user needs one. */
const NO_HOST = "-";

/** As POSTGRES_PRIMARY_TLS has them. */
const SSL_MODES: ReadonlyMap<string, TlsConfig | undefined> = new Map([
  ["disable", undefined],
  ["require", { verify: false }],
  ["verify-full", { verify: true }],
]);

/**
 * Reads the URL of a database: `postgres://user:password@host:port/database?sslmode=…` (PostgreSQL, "Connection
 * URIs"). Without a password none is offered, without a port it is 5432, without `sslmode` nothing is encrypted. A
 * directory of a Unix socket is given as `?host=/path`.
 *
 * @throws {TargetUrlError}
 */
export function parseTargetUrl(text: string): InstanceConfig {
  const url = URL.parse(text.trim().replace(/^(postgres(?:ql)?:\/\/[^/@?#]*@)(?=\/)/, `$1${NO_HOST}`));
  if (url === null) throw new TargetUrlError(`It is no URL such as ${EXAMPLE}`);
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new TargetUrlError("It does not begin with postgres://");
  const { host, sslmode } = readQuery(url.searchParams);
  const database = decode(url.pathname.slice(1), "database");
  const user = decode(url.username, "user");
  const named = url.hostname === NO_HOST ? "" : decode(url.hostname, "host").replace(/^\[(.*)\]$/, "$1");
  const address = host ?? named;
  if (address === "") throw new TargetUrlError(`It names no host, as ${EXAMPLE} does`);
  if (user === "") throw new TargetUrlError(`It names no user, as ${EXAMPLE} does`);
  if (database === "" || database.includes("/")) {
    throw new TargetUrlError(`It names no database, as ${EXAMPLE} does`);
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
      throw new TargetUrlError("It has a parameter besides host and sslmode");
    }
  }
  const sslmode = query.get("sslmode") ?? "disable";
  if (!SSL_MODES.has(sslmode)) {
    throw new TargetUrlError(`Its sslmode must be one of ${[...SSL_MODES.keys()].join(", ")}`);
  }
  return { host: query.get("host") || undefined, sslmode };
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new TargetUrlError(
      `Its ${part} has a % that is not followed by two hexadecimal digits: write %25 for a %`,
    );
  }
}
