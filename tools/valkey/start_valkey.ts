import { join } from "node:path";
import { locateValkey } from "./locate_valkey.ts";

/**
 * Runs $2… and writes its process id to $1 until the other end of the standard input is closed. A process that was
 * paused hears of its end only when it goes on.
 */
const runner = `
  file=$1
  shift
  exec 3<&0
  "$@" </dev/null >"$file.log" 2>&1 &
  pid=$!
  echo "$pid" >"$file"
  (read -r _ <&3; kill -TERM "$pid"; kill -CONT "$pid") 2>/dev/null &
  wait "$pid"
`;

/** What a server demands of its clients. */
export interface StartValkeyOptions {
  /** Absent: none is needed. */
  readonly password?: string;
}

/** Starts a server that keeps nothing on the disk. */
export async function startValkey({ password }: StartValkeyOptions = {}): Promise<Valkey> {
  const program = await locateValkey();
  if (program === undefined) throw new Error("Neither Valkey nor Redis is installed");
  const folder = await Deno.makeTempDir({ prefix: "archway_valkey_" });
  while (true) {
    const valkey = new Valkey(program, { folder, port: freePort(), password });
    if (await valkey.start()) return valkey;
    // Somebody else took the port in between; anything else is no use to try again.
    if (!(await valkey.log()).includes("Address already in use")) {
      throw new Error(`Starting ${program} failed: ${await valkey.log()}`);
    }
  }
}

/** A real server on loopback. It ends with the process that started it, however that ends. */
export class Valkey implements AsyncDisposable {
  readonly url: string;
  readonly #program: string;
  readonly #port: number;
  readonly #password: string | undefined;
  readonly #folder: string;
  #process: Deno.ChildProcess | undefined;

  constructor(
    program: string,
    { folder, port, password }: {
      readonly folder: string;
      readonly port: number;
      readonly password: string | undefined;
    },
  ) {
    this.#program = program;
    this.#port = port;
    this.#password = password;
    this.#folder = folder;
    this.url = `redis://${
      password === undefined ? "" : `:${encodeURIComponent(password)}@`
    }127.0.0.1:${port}`;
  }

  /** What it wrote to its log. */
  async log(): Promise<string> {
    return await Deno.readTextFile(`${this.#pidFile}.log`).catch(() => "");
  }

  /** Starts it, again after {@link kill}; false: it ended at once. */
  async start(): Promise<boolean> {
    const password = this.#password === undefined ? [] : ["--requirepass", this.#password];
    const process = new Deno.Command("sh", {
      args: [
        ...["-c", runner, "valkey", this.#pidFile, this.#program],
        ...["--port", String(this.#port), "--bind", "127.0.0.1", "--dir", this.#folder],
        ...["--save", "", "--appendonly", "no", ...password],
      ],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#process = process;
    if (await accepts(this.#port, process.status)) return true;
    await this.#ended();
    return false;
  }

  /** Ends it without warning, and with it all that it knows. */
  async kill(): Promise<void> {
    await this.#signal("SIGKILL");
    await this.#ended();
  }

  /** From now on it takes connections and answers nothing. */
  async pause(): Promise<void> {
    await this.#signal("SIGSTOP");
  }

  /** It goes on. */
  async resume(): Promise<void> {
    await this.#signal("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ended();
    await Deno.remove(this.#folder, { recursive: true });
  }

  get #pidFile(): string {
    return join(this.#folder, "pid");
  }

  async #signal(signal: Deno.Signal): Promise<void> {
    Deno.kill(Number(await Deno.readTextFile(this.#pidFile)), signal);
  }

  /** Lets it end, where it has not. */
  async #ended(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.stdin.close();
    await process?.status;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Waits until somebody listens at a port; false: the process ended before. */
async function accepts(port: number, ended: Promise<unknown>): Promise<boolean> {
  let running = true;
  void ended.then(() => running = false);
  while (running) {
    try {
      using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return false;
}
