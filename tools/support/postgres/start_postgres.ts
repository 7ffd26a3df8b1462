import { join } from "node:path";
import { exists } from "../exists.ts";
import { freePort } from "../free_port.ts";
import { once, temporaryDirectory } from "../once.ts";
import { memoryFolderOf } from "./memory_folder.ts";
import { type PostgresBinaries, postgresBinaries } from "./postgres_binaries.ts";
import { PostgresServer, type PreparedServer } from "./postgres_server.ts";
import { runAs } from "./run_as.ts";
import { testDriver } from "./test_driver.ts";
import { startPrepared } from "./start_prepared.ts";

/** Options of {@link startPostgres}. */
export interface StartPostgresOptions {
  /** Additional settings of postgresql.conf, e.g. `{ max_connections: "20" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Whether commits survive a crash of the machine. Disabling it is faster.
   *
   * @default false
   */
  readonly durable?: boolean;
  /**
   * Whether it also listens on a free TCP port of 127.0.0.1.
   *
   * @default false
   */
  readonly tcp?: boolean;
  /** PEM files, which are copied; plain text only if absent. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Data directory that stays, and is made if it does not exist. @default one that is removed with the server */
  readonly dataDirectory?: string;
  /** Directory that is removed together with the server's when the process ends. */
  readonly removeToo?: string;
}

const socketPort = 5432;

/** Stops the server and cleans up after process $1 has ended. $2 is the data directory, $3 to $5 are removed. */
const watch = `
  trap '' HUP INT TERM
  while kill -0 "$1" 2>/dev/null && [ -d "$2" ]; do sleep 0.2; done
  read -r pid <"$2/postmaster.pid" && kill -QUIT "$pid" && kill -CONT "$pid"
  while kill -0 "$pid" && [ -e "$2/postmaster.pid" ]; do sleep 0.1; done
  rm -rf "$3" "$4" "$5"
`;

/** Runs $0 in the background. If possible it has its own session, which signals to the process group do not reach. */
const detach = `
  if command -v setsid >/dev/null; then setsid sh -c "$0" watch "$@" </dev/null >/dev/null 2>&1 &
  else sh -c "$0" watch "$@" </dev/null >/dev/null 2>&1 & fi
`;

/** Starts PostgreSQL on a new data directory. It ends with the process that started it, even after a crash. */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const binaries = await postgresBinaries();
  return await startPrepared(
    await prepareEmpty(options),
    (prepared) => new PostgresServer(prepared, binaries),
  );
}

/** Prepares a server on a new data directory. */
export async function prepareEmpty(options: StartPostgresOptions): Promise<PreparedServer> {
  const binaries = await postgresBinaries();
  const template = join(binaries.cache, "template");
  await once(template, (directory) => makeTemplate(binaries, directory));
  return await prepareServer(options, async (data) => {
    await runAs(binaries.owner, "cp", ["-R", template, data]);
  });
}

/**
 * Creates and configures the directory of a server, and starts its watcher. `fill` creates the data directory, owned by
 * the user that runs PostgreSQL.
 */
export async function prepareServer(
  options: StartPostgresOptions,
  fill: (dataDirectory: string) => Promise<void>,
): Promise<PreparedServer> {
  const binaries = await postgresBinaries();
  const root = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_pg_" });
  await own(root, binaries);
  const { dataDirectory = join(root, "data") } = options;
  if (options.dataDirectory === undefined || !await exists(dataDirectory)) await fill(dataDirectory);
  // Not as the server's user, which may not be able to see this process.
  const removed = [root, memoryFolderOf(root), options.removeToo ?? root];
  await runAs(undefined, "sh", ["-c", detach, watch, String(Deno.pid), dataDirectory, ...removed]);
  const port = options.tcp ? freePort() : socketPort;
  const file = join(dataDirectory, "postgresql.auto.conf");
  const settings = { ...await tlsSettings(dataDirectory, options.tls, binaries), ...options.settings };
  await Deno.writeTextFile(file, configuration(root, port, { ...options, settings }));
  const access = {
    user: "postgres",
    password: "",
    database: "postgres",
    maxConnections: 5,
    ...testDriver(),
  };
  return { instance: { host: root, port, ...access }, dataDirectory };
}

/** Copies the TLS files, since the server requires a key that only its owner can read. */
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
  // Same provider and locale as PGlite, for the same sort order.
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
    // Files of the data directory: others would remain after a server that was killed.
    ["dynamic_shared_memory_type", "mmap"],
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
