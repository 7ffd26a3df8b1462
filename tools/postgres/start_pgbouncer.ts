import { join } from "node:path";
import type { InstanceConfig } from "../../db/postgres/pool_config.ts";
import { locatePgbouncer } from "./locate_pgbouncer.ts";
import { postgresBinaries, temporaryDirectory } from "./postgres_binaries.ts";
import type { Owner } from "./run_as.ts";

/** How PgBouncer is started. */
export interface StartPgbouncerOptions {
  /** Lines of the section [pgbouncer], as a text like that of a pgbouncer.ini; what a test needs comes after it. */
  readonly ini?: string;
  /** Lines of the database's entry in the section [databases], e.g. `connect_query='…'`. */
  readonly databaseOptions?: string;
}

const port = 6432;

/** Runs $1 with the configuration $2 and the log $3 until the other end of the standard input is closed. */
const runner = `
  exec 3<&0
  "$1" "$2" </dev/null >>"$3" 2>&1 &
  pid=$!
  (read -r _ <&3; kill -TERM "$pid") 2>/dev/null &
  wait "$pid"
`;

/** Starts PgBouncer in front of a server that trusts whoever comes over its Unix socket. */
export async function startPgbouncer(
  server: InstanceConfig,
  { ini = "", databaseOptions = "" }: StartPgbouncerOptions = {},
): Promise<Pgbouncer> {
  const program = await locatePgbouncer();
  if (program === undefined) throw new Error("PgBouncer is not installed");
  const { owner } = await postgresBinaries();
  const folder = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_pgbouncer_" });
  await Deno.writeTextFile(
    join(folder, "pgbouncer.ini"),
    `[databases]
${server.database} = host=${server.host} port=${server.port} ${databaseOptions}
[pgbouncer]
${ini}
listen_addr =
listen_port = ${port}
unix_socket_dir = ${folder}
auth_type = trust
auth_file = ${join(folder, "users")}
pidfile = ${join(folder, "pid")}
`,
  );
  await Deno.writeTextFile(join(folder, "users"), `"${server.user}" ""\n`);
  if (owner !== undefined) await Deno.chown(folder, owner.uid, owner.gid);
  const pgbouncer = new Pgbouncer({ ...server, host: folder, port }, { program, owner });
  try {
    await pgbouncer.start();
    return pgbouncer;
  } catch (error) {
    await pgbouncer[Symbol.asyncDispose]();
    throw error;
  }
}

/** The real PgBouncer on a Unix socket of its own. It ends with the process that started it, however that ends. */
export class Pgbouncer implements AsyncDisposable {
  /** The way through it to the server's database. */
  readonly instance: InstanceConfig;
  readonly #run: { readonly program: string; readonly owner: Owner | undefined };
  #process: Deno.ChildProcess | undefined;

  constructor(
    instance: InstanceConfig,
    run: { readonly program: string; readonly owner: Owner | undefined },
  ) {
    this.instance = instance;
    this.#run = run;
  }

  /** What it wrote to its log. */
  async log(): Promise<string> {
    return await Deno.readTextFile(this.#path("log")).catch(() => "");
  }

  /** Starts it, again after {@link kill}. Rejects with its log when it does not. */
  async start(): Promise<void> {
    const { program, owner } = this.#run;
    const process = new Deno.Command("sh", {
      args: ["-c", runner, "pgbouncer", program, this.#path("pgbouncer.ini"), this.#path("log")],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      ...owner,
    }).spawn();
    this.#process = process;
    if (!await accepts(this.#path(`.s.PGSQL.${port}`), process.status)) {
      throw new Error(`Starting PgBouncer failed: ${await this.log()}`);
    }
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    Deno.kill(Number(await Deno.readTextFile(this.#path("pid"))), "SIGKILL");
    await this.#ended();
    await Deno.remove(this.#path("pid"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ended();
    await Deno.remove(this.instance.host, { recursive: true });
  }

  /** Lets it end, where it has not. */
  async #ended(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.stdin.close();
    await process?.status;
  }

  #path(name: string): string {
    return join(this.instance.host, name);
  }
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
