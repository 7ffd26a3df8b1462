import { join } from "node:path";
import { freePort } from "../managed_process.ts";
import { once, temporaryDirectory } from "../once.ts";
import { type PostgresBinaries, postgresBinaries } from "./postgres_binaries.ts";
import { PostgresServer, type PreparedServer } from "./postgres_server.ts";
import { runAs } from "./run_as.ts";
import { startPrepared } from "./start_prepared.ts";

/** How a server is started. */
export interface StartPostgresOptions {
  /** More lines of postgresql.conf, e.g. `{ max_connections: "20" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Whether commits survive a crash of the machine; off is faster and enough for a server that lives for a test.
   *
   * @default false
   */
  readonly durable?: boolean;
  /**
   * Whether it listens on a free TCP port of 127.0.0.1 too.
   *
   * @default false
   */
  readonly tcp?: boolean;
  /** Files in PEM, of which a copy is made; absent: plain text only. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** A directory to remove with the server's own when its process ends. */
  readonly removeToo?: string;
}

const socketPort = 5432;

/** Ends the server and clears up when process $1 is gone. $2: the data directory, $3 and $4: what to remove. */
const watch = `
  trap '' HUP INT TERM
  while kill -0 "$1" 2>/dev/null && [ -d "$2" ]; do sleep 0.2; done
  read -r pid <"$2/postmaster.pid" && kill -QUIT "$pid" && kill -CONT "$pid"
  while kill -0 "$pid" && [ -e "$2/postmaster.pid" ]; do sleep 0.1; done
  rm -rf "$3" "$4"
`;

/** Runs $0 in the background, where it can in a session of its own: the end of a process group spares it. */
const detach = `
  if command -v setsid >/dev/null; then setsid sh -c "$0" watch "$@" </dev/null >/dev/null 2>&1 &
  else sh -c "$0" watch "$@" </dev/null >/dev/null 2>&1 & fi
`;

/** Starts PostgreSQL on a fresh data directory. It ends with the process that started it, however that ends. */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const binaries = await postgresBinaries();
  return await startPrepared(
    await prepareEmpty(options),
    (prepared) => new PostgresServer(prepared, binaries),
  );
}

/** Prepares a server on a fresh data directory. */
export async function prepareEmpty(options: StartPostgresOptions): Promise<PreparedServer> {
  const binaries = await postgresBinaries();
  const template = join(binaries.cache, "template");
  await once(template, (directory) => makeTemplate(binaries, directory));
  return await prepareServer(options, async (data) => {
    await runAs(binaries.owner, "cp", ["-R", template, data]);
  });
}

/**
 * Makes a directory for a server that is not started yet, configures it, and has it watched. `fill` makes its data
 * directory, owned by the user that PostgreSQL runs as.
 */
export async function prepareServer(
  options: StartPostgresOptions,
  fill: (dataDirectory: string) => Promise<void>,
): Promise<PreparedServer> {
  const binaries = await postgresBinaries();
  const root = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_pg_" });
  await own(root, binaries);
  const dataDirectory = join(root, "data");
  await fill(dataDirectory);
  // Not as the server's user: that one may not see whether this process lives.
  const removed = [root, options.removeToo ?? root];
  await runAs(undefined, "sh", ["-c", detach, watch, String(Deno.pid), dataDirectory, ...removed]);
  const port = options.tcp ? freePort() : socketPort;
  const file = join(dataDirectory, "postgresql.auto.conf");
  const settings = { ...await tlsSettings(dataDirectory, options.tls, binaries), ...options.settings };
  await Deno.writeTextFile(file, configuration(root, port, { ...options, settings }));
  const access = { user: "postgres", password: "", database: "postgres", maxConnections: 5 };
  return { instance: { host: root, port, ...access }, dataDirectory };
}

/** The server wants files of its own: nobody else may read the key. */
async function tlsSettings(
  dataDirectory: string,
  tls: StartPostgresOptions["tls"],
  binaries: PostgresBinaries,
): Promise<Readonly<Record<string, string>>> {
  if (tls === undefined) return {};
  const [certificate, key] = [join(dataDirectory, "server.crt"), join(dataDirectory, "server.key")];
  for (const [from, to] of [[tls.certificate, certificate], [tls.key, key]] as const) {
    await Deno.writeTextFile(to, await Deno.readTextFile(from), { mode: 0o600 });
    if (binaries.owner !== undefined) await Deno.chown(to, binaries.owner.uid, binaries.owner.gid);
  }
  return { ssl: "on", ssl_cert_file: certificate, ssl_key_file: key };
}

async function makeTemplate(binaries: PostgresBinaries, directory: string): Promise<void> {
  await Deno.mkdir(directory, { mode: 0o700 });
  await own(directory, binaries);
  // The provider and locale that PGlite has, so that text sorts alike in both.
  const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  const args = [
    "-D",
    directory,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--no-sync",
    "--wal-segsize=1",
  ];
  await runAs(binaries.owner, binaries.initdb, [...args, ...locale]);
}

function configuration(socketDirectory: string, port: number, options: StartPostgresOptions): string {
  const settings = new Map([
    ["listen_addresses", options.tcp ? "127.0.0.1" : ""],
    ["port", String(port)],
    ["unix_socket_directories", socketDirectory],
    ["max_connections", "100"],
    ["shared_buffers", "32MB"],
    ["max_wal_size", "256MB"],
    ...["fsync", "synchronous_commit", "full_page_writes"].map((name) =>
      [name, options.durable ? "on" : "off"] as const
    ),
    ...Object.entries(options.settings ?? {}),
  ]);
  return [...settings].map(([name, value]) => `${name} = '${value}'\n`).join("");
}

async function own(path: string, { owner }: PostgresBinaries): Promise<void> {
  await Deno.chmod(path, 0o700);
  if (owner !== undefined) await Deno.chown(path, owner.uid, owner.gid);
}
