import { locateProgram } from "@archway/tools/support/locate_program.ts";
import type { ImageRoot } from "./image_root.ts";

/**
 * Enters a root: $1 is the root, $2 the volume, $3 where it is mounted ("" without one), and the rest the environment and
 * the command. Runs as process 1 of its namespaces, and replaces itself by the command.
 */
const ENTER = `
  root=$1 volume=$2 target=$3
  shift 3
  mount --bind "$root" "$root"
  mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
  mount -t tmpfs -o mode=755,size=64k tmpfs "$root/dev"
  for device in null zero full random urandom; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mount -o remount,ro "$root/dev"
  [ -z "$volume" ] || mount --bind "$volume" "$root$target"
  mount -o remount,bind,ro "$root"
  exec env -i "$@"
`;

/** Options of a container. */
export interface ContainerOptions {
  /** Network namespace, as made by `ip netns add`. */
  readonly network: string;
  /** Variables beside those of the image. */
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments after the image's ENTRYPOINT. @default [] */
  readonly args?: readonly string[];
  /** Folder that is mounted at a path of the root, and can be written. @default none */
  readonly volume?: { readonly folder: string; readonly target: string };
}

/** Result of a command in a container. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/**
 * Container without a runtime of containers: the command of an image as process 1 of namespaces of its own, in the image's
 * root, which is read-only, as the image's user and without capabilities. Disposing kills it.
 */
export class Container implements AsyncDisposable {
  /** Process 1, by its number outside. */
  readonly pid: number;
  readonly #root: ImageRoot;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #outer: Deno.ChildProcess;
  readonly #ended: Promise<CommandResult>;
  #output = "";

  private constructor(
    outer: Deno.ChildProcess,
    { pid, root, environment }: {
      readonly pid: number;
      readonly root: ImageRoot;
      readonly environment: Readonly<Record<string, string>>;
    },
  ) {
    this.#outer = outer;
    this.pid = pid;
    this.#root = root;
    this.#environment = environment;
    this.#ended = this.#untilEnd();
  }

  /** Starts a container of an image. */
  static async start(root: ImageRoot, options: ContainerOptions): Promise<Container> {
    const { image, path } = root;
    const environment = { ...image.environment, ...options.environment };
    const { folder, target } = options.volume ?? { folder: "", target: "" };
    const outer = new Deno.Command("ip", {
      args: [
        ...["netns", "exec", options.network],
        ...["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"],
        ...["sh", "-euc", ENTER, "enter", path, folder, target],
        ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
        ...[await locate("setpriv"), "--no-new-privs"],
        ...[await locate("chroot"), `--userspec=${image.user}`, "--groups=", path],
        ...image.entrypoint,
        ...options.args ?? [],
      ],
      cwd: "/",
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new Container(outer, { pid: await childOf(outer.pid), root, environment });
  }

  /** Waits for a text in its standard output or error. Rejects when it ends before. */
  async untilWritten(text: string): Promise<void> {
    let ended = false;
    void this.#ended.then(() => ended = true);
    while (!this.#output.includes(text)) {
      if (ended) throw new Error(`The container ended without writing ${text}: ${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Runs the HEALTHCHECK of the image inside, as runtimes of containers do. */
  async checkHealth(): Promise<CommandResult> {
    const { user, healthcheck } = this.#root.image;
    const [uid, gid] = user.split(":");
    const { code, stdout, stderr } = await new Deno.Command(await locate("nsenter"), {
      args: [
        ...["--target", `${this.pid}`, "--mount", "--pid", "--ipc", "--uts", "--net", "--root", "--wd"],
        ...[`--setuid=${uid}`, `--setgid=${gid}`],
        ...healthcheck,
      ],
      clearEnv: true,
      env: this.#environment,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  /** Returns the states of its processes (`ps`) by their number outside. */
  async processes(): Promise<ReadonlyMap<number, string>> {
    const lines = (await read("ps", ["-eo", "pid=,pidns=,stat="])).split("\n").map((line) =>
      line.trim().split(/\s+/)
    );
    const space = lines.find(([pid]) => pid === String(this.pid))?.[1];
    return new Map(
      lines.filter(([, other]) => other === space).map(([pid, , state = ""]) => [Number(pid), state]),
    );
  }

  /** Returns /proc/<pid>/status of process 1. */
  async status(): Promise<string> {
    return await read("cat", [`/proc/${this.pid}/status`]);
  }

  /** Sends a signal to process 1. */
  signal(signal: Deno.Signal): void {
    Deno.kill(this.pid, signal);
  }

  /** Waits for its end; the code is that of process 1. */
  async ended(): Promise<CommandResult> {
    return await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.signal("SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await this.#ended;
  }

  async #untilEnd(): Promise<CommandResult> {
    const { status, stdout, stderr } = this.#outer;
    await Promise.all([stdout, stderr].map(async (stream) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#output += text;
    }));
    return { code: (await status).code, output: this.#output };
  }
}

async function locate(program: string): Promise<string> {
  const path = await locateProgram(program);
  if (path === undefined) throw new Error(`${program} of util-linux is not installed`);
  return path;
}

/** Waits for the first child of a process and returns its number. */
async function childOf(pid: number): Promise<number> {
  for (;;) {
    const child = Number.parseInt(await read("ps", ["-o", "pid=", "--ppid", `${pid}`]));
    if (child > 0) return child;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Reads the output of a program. Deno itself may not read all of /proc. */
async function read(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args: [...args], stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}
