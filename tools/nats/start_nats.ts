import { join } from "node:path";
import { locateNats } from "./locate_nats.ts";

/**
 * Runs $2… and writes its process id to $1 until the other end of the standard input is closed. A process that was
 * paused hears of its end only when it goes on.
 */
const runner = `
  file=$1
  shift
  exec 3<&0
  "$@" </dev/null >>"$file.log" 2>&1 &
  pid=$!
  echo "$pid" >"$file"
  (read -r _ <&3; kill -TERM "$pid"; kill -CONT "$pid") 2>/dev/null &
  wait "$pid"
`;

/** What a server demands of its clients. */
export interface StartNatsOptions {
  /** Absent: none is needed. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Files in PEM; absent: plain text. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Starts a NATS server with JetStream, whose streams outlast {@link Nats.kill}. */
export async function startNats(options: StartNatsOptions = {}): Promise<Nats> {
  const program = await locateNats();
  if (program === undefined) throw new Error("No NATS server is installed");
  const folder = await Deno.makeTempDir({ prefix: "archway_nats_" });
  while (true) {
    const nats = new Nats(program, { folder, port: freePort(), options });
    if (await nats.start()) return nats;
    // Somebody else took the port in between; anything else is no use to try again.
    if (!(await nats.log()).includes("address already in use")) {
      throw new Error(`Starting ${program} failed: ${await nats.log()}`);
    }
  }
}

/** A real server on loopback. It ends with the process that started it, however that ends. */
export class Nats implements AsyncDisposable {
  /** With the user's name and password, where there are any. */
  readonly url: string;
  readonly port: number;
  readonly #program: string;
  readonly #options: StartNatsOptions;
  readonly #folder: string;
  #process: Deno.ChildProcess | undefined;

  constructor(
    program: string,
    { folder, port, options }: {
      readonly folder: string;
      readonly port: number;
      readonly options: StartNatsOptions;
    },
  ) {
    this.#program = program;
    this.port = port;
    this.#options = options;
    this.#folder = folder;
    const { user, tls } = options;
    const credentials = user === undefined ? "" : `${user.name}:${user.password}@`;
    this.url = `${tls === undefined ? "nats" : "tls"}://${credentials}127.0.0.1:${port}`;
  }

  /** What it wrote to its log. */
  async log(): Promise<string> {
    return await Deno.readTextFile(`${this.#pidFile}.log`).catch(() => "");
  }

  /** Starts it, again after {@link kill}; false: it ended at once. */
  async start(): Promise<boolean> {
    const { user, tls } = this.#options;
    const demands = [
      ...(user === undefined ? [] : ["--user", user.name, "--pass", user.password]),
      ...(tls === undefined ? [] : ["--tls", "--tlscert", tls.certificate, "--tlskey", tls.key]),
    ];
    const process = new Deno.Command("sh", {
      args: [
        ...["-c", runner, "nats", this.#pidFile, this.#program],
        ...[
          "-js",
          "-sd",
          join(this.#folder, "store"),
          "-a",
          "127.0.0.1",
          "-p",
          String(this.port),
          ...demands,
        ],
      ],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#process = process;
    if (await accepts(this.port, process.status)) return true;
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
  }

  /** It goes on. */
  async resume(): Promise<void> {
    await this.#signal("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ended();
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** Who its clients have to be; undefined: it does not ask. */
  get user(): StartNatsOptions["user"] {
    return this.#options.user;
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
