import { join } from "node:path";
import { isOpen } from "./is_open.ts";

/**
 * Runs $2… and writes its process id to $1, until the other end of stdin is closed. A stopped process only receives
 * SIGTERM after it is continued.
 */
const RUNNER = `
  file=$1
  shift
  exec 3<&0
  "$@" </dev/null >>"$file.log" 2>&1 &
  pid=$!
  echo "$pid" >"$file"
  (read -r _ <&3; kill -TERM "$pid"; kill -CONT "$pid") 2>/dev/null &
  wait "$pid"
`;

/** Command of a {@link ManagedProcess}. */
export interface ManagedCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Its own folder, which is removed with it. */
  readonly folder: string;
  /** Loopback port or socket on which it listens when it is ready. */
  readonly listensAt:
    | { readonly port: number }
    | { readonly transport: "unix"; readonly path: string };
  /** User that runs it; the current one if absent. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Server process that ends with the process that started it, even after a crash. */
export class ManagedProcess implements AsyncDisposable {
  readonly #command: ManagedCommand;
  #process: Deno.ChildProcess | undefined;

  constructor(command: ManagedCommand) {
    this.#command = command;
  }

  /** Returns its output since the first start. */
  async log(): Promise<string> {
    return await Deno.readTextFile(`${this.#pidFile}.log`).catch(() => "");
  }

  /** Starts or restarts it. Returns false if it ended before it listened. */
  async start(): Promise<boolean> {
    const { program, args, owner } = this.#command;
    const process = new Deno.Command("sh", {
      args: ["-c", RUNNER, "runner", this.#pidFile, program, ...args],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      ...owner,
    }).spawn();
    this.#process = process;
    if (await this.#listens(process.status)) return true;
    await this.#ended();
    return false;
  }

  /** Kills it with SIGKILL. */
  async kill(): Promise<void> {
    await this.#signal("SIGKILL");
    await this.#ended();
  }

  /** Stops it, so that it accepts connections but does not respond. */
  async pause(): Promise<void> {
    await this.#signal("SIGSTOP");
    // Its threads stop one after the other, and a running one may still respond.
    while (!(await this.#state()).startsWith("T"));
  }

  /** Continues it. */
  async resume(): Promise<void> {
    await this.#signal("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ended();
    await Deno.remove(this.#command.folder, { recursive: true });
  }

  get #pidFile(): string {
    return join(this.#command.folder, "process");
  }

  async #signal(signal: Deno.Signal): Promise<void> {
    Deno.kill(Number(await Deno.readTextFile(this.#pidFile)), signal);
  }

  /** Returns the state of the process as in `ps`, e.g. "Sl"; "T" is stopped. */
  async #state(): Promise<string> {
    const pid = (await Deno.readTextFile(this.#pidFile)).trim();
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", pid] }).output();
    return new TextDecoder().decode(stdout);
  }

  /** Ends it if necessary. */
  async #ended(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.stdin.close();
    await process?.status;
  }

  /** Waits until it listens. Returns false if it ended before. */
  async #listens(ended: Promise<unknown>): Promise<boolean> {
    let running = true;
    void ended.then(() => running = false);
    while (running) {
      if (await this.#isOpen()) return true;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return false;
  }

  async #isOpen(): Promise<boolean> {
    const { listensAt } = this.#command;
    try {
      if ("port" in listensAt) return await isOpen(listensAt.port);
      using _connection = await Deno.connect(listensAt);
      return true;
    } catch {
      return false;
    }
  }
}
