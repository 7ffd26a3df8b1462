import { join } from "node:path";
import postgres from "postgres";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { childrenOf } from "../children_of.ts";
import type { PostgresBinaries } from "./postgres_binaries.ts";
import { runAs } from "./run_as.ts";

/** Configured directory of a server before its start. */
export interface PreparedServer {
  /** Database `postgres` over the Unix socket, as superuser. */
  readonly instance: InstanceConfig;
  readonly dataDirectory: string;
}

/** PostgreSQL server. Disposing removes its data directory, socket and processes. */
export class PostgresServer implements AsyncDisposable {
  /** Database `postgres` over the Unix socket, as superuser. */
  readonly instance: InstanceConfig;
  readonly dataDirectory: string;
  readonly #binaries: PostgresBinaries;

  constructor({ instance, dataDirectory }: PreparedServer, binaries: PostgresBinaries) {
    this.instance = instance;
    this.dataDirectory = dataDirectory;
    this.#binaries = binaries;
  }

  /** Same as {@link instance} over TCP; only if the server was started with it. */
  get tcpInstance(): InstanceConfig {
    return { ...this.instance, host: "127.0.0.1" };
  }

  /** Returns the process id of its postmaster. @throws {Error} if it does not run. */
  async pid(): Promise<number> {
    const pid = await this.#pid();
    if (pid === undefined) throw new Error("PostgreSQL is not running");
    return pid;
  }

  /** Returns its log. */
  async log(): Promise<string> {
    return await Deno.readTextFile(this.#logFile).catch(() => "");
  }

  /** Restarts it after {@link stop} or {@link kill} on the same data. */
  async start(): Promise<void> {
    const args = ["start", "-D", this.dataDirectory, "-w", "-t", "60", "-s", "-l", this.#logFile];
    try {
      await runAs(this.#binaries.owner, this.#binaries.pgCtl, args);
    } catch (error) {
      throw new Error(`Starting PostgreSQL failed: ${await this.log()}`, { cause: error });
    }
  }

  /** Stops it like an administrator: clients are disconnected, committed data is flushed. */
  async stop(): Promise<void> {
    if (await this.#pid() === undefined) return;
    const args = ["stop", "-D", this.dataDirectory, "-w", "-s", "-m", "fast"];
    await runAs(this.#binaries.owner, this.#binaries.pgCtl, args);
  }

  /** Kills all its processes with SIGKILL, like a power failure. */
  async kill(): Promise<void> {
    const pid = await this.#pid();
    if (pid === undefined) return;
    // Stopped first, so that it cannot start further processes.
    signalProcess(pid, "SIGSTOP");
    const all = [pid, ...await childrenOf(pid)];
    for (const each of all) signalProcess(each, "SIGKILL");
    // While a process remains, its connections stay open.
    while (await anyRuns(all)) await new Promise((resolve) => setTimeout(resolve, 10));
    const { host, port } = this.instance;
    const socket = join(host, `.s.PGSQL.${port}`);
    // Without a process that reaps orphans, the postmaster's process id stays in use and would prevent the next start.
    for (const path of [join(this.dataDirectory, "postmaster.pid"), socket, `${socket}.lock`]) {
      await Deno.remove(path).catch(ignoreNotFound);
    }
  }

  /** Stops all its processes: connections stay open without responses until {@link resume}. */
  async pause(): Promise<void> {
    const pid = await this.#pid();
    if (pid === undefined) return;
    // The postmaster first, so that it cannot start further processes.
    signalProcess(pid, "SIGSTOP");
    for (const child of await childrenOf(pid)) signalProcess(child, "SIGSTOP");
  }

  /** Continues its processes after {@link pause}. */
  async resume(): Promise<void> {
    const pid = await this.#pid();
    if (pid === undefined) return;
    for (const each of [...await childrenOf(pid), pid]) signalProcess(each, "SIGCONT");
  }

  /** Creates an empty database and returns its address. */
  async createDatabase(name: string): Promise<InstanceConfig> {
    const { host, port, user, password, database } = this.instance;
    const sql = postgres({ host, port, user, password, database, max: 1, onnotice: () => {} });
    try {
      await sql`CREATE DATABASE ${sql(name)}`;
    } finally {
      await sql.end();
    }
    return { ...this.instance, database: name };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.instance.host, { recursive: true });
  }

  get #logFile(): string {
    return join(this.instance.host, "log");
  }

  async #pid(): Promise<number | undefined> {
    const text = await Deno.readTextFile(join(this.dataDirectory, "postmaster.pid")).catch(ignoreNotFound);
    return text === undefined ? undefined : Number(text.split("\n", 1)[0]);
  }
}

function signalProcess(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    ignoreNotFound(error);
  }
}

function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Whether any of the processes still exists. Zombies hold no resources. */
async function anyRuns(pids: readonly number[]): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", pids.join(",")] }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").some((state) => /^[^Z]/.test(state.trim()));
}
