import { join } from "node:path";
import type { InstanceConfig } from "../../db/postgres/pool_config.ts";
import { postgresBinaries, temporaryDirectory } from "./postgres_binaries.ts";

/** How PgBouncer is started. */
export interface StartPgbouncerOptions {
  /** Lines of the section [pgbouncer], as a text like that of a pgbouncer.ini; what a test needs comes after it. */
  readonly ini?: string;
  /** Lines of the database's entry in the section [databases], e.g. `connect_query='…'`. */
  readonly databaseOptions?: string;
}

/** The real PgBouncer on a Unix socket of its own. It ends with the process that started it, however that ends. */
export interface Pgbouncer extends AsyncDisposable {
  /** The way through it to the server's database. */
  readonly instance: InstanceConfig;
  /** Its own database, which answers SHOW commands. */
  readonly console: InstanceConfig;
  /** What it wrote to its log. */
  log(): Promise<string>;
}

const port = 6432;

/** Runs $1 with the configuration $2 and the log $3 until the other end of the standard input is closed. */
const runner = `
  exec 3<&0
  "$1" "$2" </dev/null >"$3" 2>&1 &
  pid=$!
  (read -r _ <&3; kill -TERM "$pid") &
  wait "$pid"
`;

/** Where PgBouncer's program is; undefined: it is not installed. Debian has it where only root looks. */
export async function locatePgbouncer(): Promise<string | undefined> {
  const folders = [
    ...(Deno.env.get("PATH") ?? "").split(":"),
    "/usr/sbin",
    "/usr/local/sbin",
    "/opt/homebrew/bin",
  ];
  for (const folder of folders) {
    const path = join(folder, "pgbouncer");
    if (folder !== "" && await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  return undefined;
}

/** Starts PgBouncer in front of a server that trusts whoever comes over its Unix socket. */
export async function startPgbouncer(
  server: InstanceConfig,
  { ini = "", databaseOptions = "" }: StartPgbouncerOptions = {},
): Promise<Pgbouncer> {
  const program = await locatePgbouncer();
  if (program === undefined) throw new Error("PgBouncer is not installed");
  const { owner } = await postgresBinaries();
  const folder = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_pgbouncer_" });
  const file = join(folder, "pgbouncer.ini");
  const log = join(folder, "log");
  await Deno.writeTextFile(
    file,
    `[databases]
${server.database} = host=${server.host} port=${server.port} ${databaseOptions}
[pgbouncer]
${ini}
listen_addr =
listen_port = ${port}
unix_socket_dir = ${folder}
auth_type = trust
auth_file = ${join(folder, "users")}
admin_users = ${server.user}
pidfile = ${join(folder, "pid")}
`,
  );
  await Deno.writeTextFile(join(folder, "users"), `"${server.user}" ""\n`);
  if (owner !== undefined) await Deno.chown(folder, owner.uid, owner.gid);
  const process = new Deno.Command("sh", {
    args: ["-c", runner, "pgbouncer", program, file, log],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    ...owner,
  }).spawn();
  const readLog = (): Promise<string> => Deno.readTextFile(log).catch(() => "");
  const dispose = async (): Promise<void> => {
    await process.stdin.close();
    await process.status;
    await Deno.remove(folder, { recursive: true });
  };
  if (!await accepts(join(folder, `.s.PGSQL.${port}`), process.status)) {
    const text = await readLog();
    await dispose();
    throw new Error(`Starting PgBouncer failed: ${text}`);
  }
  const instance = { ...server, host: folder, port };
  return {
    instance,
    console: { ...instance, database: "pgbouncer" },
    log: readLog,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Waits until somebody listens at a socket; false: the process ended before. */
async function accepts(socket: string, ended: Promise<unknown>): Promise<boolean> {
  let running = true;
  void ended.then(() => running = false);
  while (running) {
    try {
      using _connection = await Deno.connect({ transport: "unix", path: socket });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return false;
}
