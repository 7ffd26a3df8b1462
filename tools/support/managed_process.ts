import { join } from "node:path";
import { isOpen } from "./is_open.ts";

/**
 * Runs $2… and writes its process id to $1 until the other end of the standard input is closed. A process that was
 * paused hears of its end only when it goes on.
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

/** What is run, and where. */
export interface ManagedCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** A folder of its own, which goes with it. */
  readonly folder: string;
  /** Where it listens once it serves: a port of loopback, or a socket. */
  readonly listensAt:
    | { readonly port: number }
    | { readonly transport: "unix"; readonly path: string };
  /** Who runs it; absent: whoever runs this. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** A real server as a process that ends with the one that started it, however that ends. */
export class ManagedProcess implements AsyncDisposable {
  readonly #command: ManagedCommand;
  #process: Deno.ChildProcess | undefined;

  constructor(command: ManagedCommand) {
    this.#command = command;
  }

  /** What it wrote since it was first started. */
  async log(): Promise<string> {
    return await Deno.readTextFile(`${this.#pidFile}.log`).catch(() => "");
  }

  /** Starts it, again after {@link kill}; false: it ended before it listened. */
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

  /** Ends it without warning. */
  async kill(): Promise<void> {
    await this.#signal("SIGKILL");
    await this.#ended();
  }

  /** From now on it takes connections and answers nothing. */
  async pause(): Promise<void> {
    await this.#signal("SIGSTOP");
    // Its threads stop one after the other, and one that runs may still answer.
    while (!(await this.#state()).startsWith("T"));
  }

  /** It goes on. */
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

  /** The state of the process as `ps` names it, e.g. "Sl"; "T" is stopped. */
  async #state(): Promise<string> {
    const pid = (await Deno.readTextFile(this.#pidFile)).trim();
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", pid] }).output();
    return new TextDecoder().decode(stdout);
  }

  /** Lets it end, where it has not. */
  async #ended(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.stdin.close();
    await process?.status;
  }

  /** Waits until somebody listens; false: the process ended before. */
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

/** A port of loopback that nobody listens at; somebody else may take it at any moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
