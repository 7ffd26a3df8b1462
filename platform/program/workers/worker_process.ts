import type { Share } from "@archway/config/divide_limits.ts";
import { bindDatagram, removeAddress } from "../bind_datagram.ts";
import { HANDOVER_LINE, STOP_LINE } from "./worker_link.ts";

/** Options of a process. */
export interface WorkerOptions {
  readonly share: Share;
  /** Executable, and the arguments before the command. */
  readonly executable: { readonly file: string; readonly args: readonly string[] };
  /** Variables in addition to those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Time without a sign of life after which the process is killed, in milliseconds; undefined for none. */
  readonly watchdogMs: number | undefined;
  /** Called when the process becomes ready, or is ready no longer. */
  readonly onChanged: () => void;
}

/** State of a process, in the order in which it changes. */
export type WorkerState = "starting" | "listening" | "ready" | "stopping" | "ended";

/** Process that serves requests, as its supervisor sees it. */
export class WorkerProcess {
  readonly share: Share;
  /** Resolves when the process accepts connections; or ended before, with false. */
  readonly listening: Promise<boolean>;
  /** Resolves when the migrations are applied and the process accepts connections; or ended before, with false. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<Deno.CommandStatus>;
  /** URL of its metrics, once it listens. */
  metricsUrl: string | undefined;
  /** Time at which it became ready, in milliseconds of `performance.now()`. */
  readyAt: number | undefined;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #options: WorkerOptions;
  readonly #resolvers = {
    listening: Promise.withResolvers<boolean>(),
    ready: Promise.withResolvers<boolean>(),
  };
  #state: WorkerState = "starting";
  #watchdog: ReturnType<typeof setTimeout> | undefined;

  /** Starts the process; throws the platform's error if that is not possible. */
  constructor(options: WorkerOptions) {
    this.#options = options;
    this.share = options.share;
    const { file, args } = options.executable;
    const { index, count } = this.share;
    const bound = bindDatagram((error) => {
      throw error;
    });
    if (bound === undefined) throw new Error("No socket for the state of a process");
    const { socket, address } = bound;
    const { watchdogMs } = options;
    try {
      this.#process = new Deno.Command(file, {
        args: [...args, "serve", "--worker", `${index}/${count}`],
        env: {
          ...options.environment,
          NOTIFY_SOCKET: address,
          WATCHDOG_USEC: watchdogMs === undefined ? "" : `${Math.round(watchdogMs * 1_000)}`,
        },
        stdin: "piped",
        stdout: "inherit",
        stderr: "inherit",
      }).spawn();
    } catch (error) {
      socket.close();
      removeAddress(address);
      throw error;
    }
    this.#input = this.#process.stdin.getWriter();
    this.#input.closed.catch(() => {});
    this.listening = this.#resolvers.listening.promise;
    this.ready = this.#resolvers.ready.promise;
    this.ended = this.#process.status.finally(() => {
      clearTimeout(this.#watchdog);
      socket.close();
      removeAddress(address);
      this.#change("ended");
      this.#resolvers.listening.resolve(false);
      this.#resolvers.ready.resolve(false);
    });
    void this.#follow(socket);
  }

  get pid(): number {
    return this.#process.pid;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Sends a line to the process. A process that has ended gets none. */
  send(line: string): void {
    this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  }

  /**
   * Asks the process to stop gracefully.
   *
   * @param options.handover Whether another process takes over, so that the service remains ready.
   * @default false
   */
  stop({ handover = false }: { readonly handover?: boolean } = {}): void {
    if (this.#state === "stopping" || this.#state === "ended") return;
    this.#change("stopping");
    this.send(handover ? HANDOVER_LINE : STOP_LINE);
    this.#input.close().catch(() => {});
    if (!handover) this.#kill("SIGTERM");
  }

  /** Ends the process at once. */
  kill(): void {
    this.#kill("SIGKILL");
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch {
      // It has ended.
    }
  }

  async #follow(socket: Deno.DatagramConn): Promise<void> {
    try {
      for await (const [bytes] of socket) this.#receive(new TextDecoder().decode(bytes));
    } catch {
      // The socket closes when the process ends.
    }
  }

  #receive(text: string): void {
    const fields = new Map(
      text.split("\n").map((line): [string, string] => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
    if (fields.has("X_LISTENING")) {
      this.metricsUrl = fields.get("X_METRICS") || undefined;
      this.#change("listening");
      this.#resolvers.listening.resolve(true);
    }
    if (fields.has("READY")) {
      this.readyAt = performance.now();
      this.#change("ready");
      this.#resolvers.ready.resolve(true);
    }
    this.#expectSign();
  }

  #expectSign(): void {
    const { watchdogMs } = this.#options;
    clearTimeout(this.#watchdog);
    if (watchdogMs === undefined || this.#state === "ended") return;
    this.#watchdog = setTimeout(() => this.kill(), watchdogMs);
  }

  #change(state: WorkerState): void {
    const order: readonly WorkerState[] = ["starting", "listening", "ready", "stopping", "ended"];
    if (order.indexOf(state) <= order.indexOf(this.#state)) return;
    this.#state = state;
    this.#options.onChanged();
  }
}
