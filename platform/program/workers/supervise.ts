import { fileURLToPath } from "node:url";
import { type Config, ConfigError } from "@archway/config/config.ts";
import { isLoopback } from "@archway/config/is_loopback.ts";
import { type MetricsSource, startAdminServer } from "@archway/observability/admin_server.ts";
import { configureLogging } from "@archway/observability/logging.ts";
import { bindReason, ListenError } from "@archway/server/listener.ts";
import { openSupervisor } from "../supervisor.ts";
import { waitForStopSignal } from "../wait_for_stop_signal.ts";
import { mergeMetrics, type WorkerMetrics } from "./merge_metrics.ts";
import { type Generation, WorkerGroup } from "./worker_group.ts";

/** Executable of this process, also after a newer one has replaced its file. */
const OWN_FILE = "/proc/self/exe";

/** Path of the executable at the start, and the file that was there. */
const PATH = Deno.execPath();
const FILE = inodeOf(PATH);

/** Time beyond the drain after which a process is killed, in milliseconds. */
const STOP_MARGIN_MS = 5_000;

/** Timeout of requesting the metrics of a process, in milliseconds. */
const METRICS_TIMEOUT_MS = 2_000;

/**
 * `serve` with WORKERS: starts processes of this program that serve requests on one port, until a signal stops them.
 *
 * @param options.configure Reads the configuration for a reload (SIGHUP).
 * @returns the exit code: 0 if all have stopped cleanly.
 */
export async function supervise(
  config: Config,
  { configure }: { readonly configure: () => Config },
): Promise<number> {
  requireRunPermission();
  const stopped = waitForStopSignal();
  const reloads = new Reloads();
  await using stack = new AsyncDisposableStack();
  const terminal = Deno.stdout.isTerminal();
  const { logger } = stack.use(
    await configureLogging(config.logLevel, { terminal, format: config.logFormat }),
  );
  const systemd = stack.use(openSupervisor(config.supervisor, logger));
  const port = freePort(config);
  const group = stack.use(new WorkerGroup(generationOf(config, port), logger));
  const { admin } = config;
  if (admin !== undefined) {
    const options = { privateHostsOnly: isLoopback(admin.host), isReady: () => isReady(group) };
    const { url } = stack.use(startAdminServer(admin, metricsOf(group), options));
    logger.info("Serving metrics at {metrics}", { metrics: `${url}/metrics` });
  }
  logger.info("Starting {count} processes", { count: config.workers.count, pid: Deno.pid });
  const started = await Promise.race([group.start(), stopped]);
  if (typeof started === "number") return started;
  if (started === undefined) void systemd.notify("READY=1");

  async function reload(): Promise<void> {
    logger.info("Received SIGHUP, replacing the processes one by one");
    void systemd.notify("RELOADING=1");
    try {
      const next = configure();
      if (await group.roll(generationOf(next, next.port || port))) {
        logger.info("Replaced all processes", { count: next.workers.count });
      }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      logger.error("Reload failed, keeping the processes that run: {reason}", {
        reason: error.message.replaceAll(/\s+/g, " "),
      });
    }
    void systemd.notify("READY=1");
  }

  let signal: Deno.Signal | undefined;
  const ending = stopped.then((received) => signal = received);
  while (signal === undefined) {
    const requested = await Promise.race([ending.then(() => false), reloads.next()]);
    if (requested) await Promise.race([reload(), ending]);
  }
  logger.info("Received {signal}, stopping the processes", { signal });
  void systemd.notify("STOPPING=1");
  return await group.stop() ? 0 : 1;
}

/** Requests to reload by SIGHUP. Several during a reload count as one. */
class Reloads {
  #isPending = false;
  #notify: (() => void) | undefined;

  constructor() {
    Deno.addSignalListener("SIGHUP", () => {
      this.#isPending = true;
      this.#notify?.();
    });
  }

  /** Resolves with true once a reload is requested. */
  async next(): Promise<boolean> {
    if (!this.#isPending) await new Promise<void>((resolve) => this.#notify = resolve);
    this.#isPending = false;
    return true;
  }
}

/** @throws {ConfigError} if this process may not start others. */
function requireRunPermission(): void {
  if (Deno.permissions.querySync({ name: "run", command: OWN_FILE }).state === "granted") return;
  throw new ConfigError([{
    variable: "WORKERS",
    reason: "requires permission to start processes: use the executable, or from source `deno task workers`",
  }]);
}

/**
 * Returns the port of the processes; for port 0 one that is free.
 *
 * @throws {ListenError} if another program listens on it. The processes themselves would share the port with it.
 */
function freePort({ host, port }: Config): number {
  try {
    using listener = Deno.listen({ hostname: host, port });
    return listener.addr.port;
  } catch (cause) {
    throw new ListenError(`Cannot listen on ${host}:${port}: ${bindReason(cause)}`, { cause });
  }
}

function generationOf(config: Config, port: number): Generation {
  const { workers: { count }, supervisor, admin } = config;
  return {
    count,
    executable: executable(),
    environment: {
      PORT: `${port}`,
      // Each process serves its metrics to the supervisor, on any free port of this machine.
      ADMIN_HOST: admin === undefined ? "" : "127.0.0.1",
      ADMIN_PORT: admin === undefined ? "" : "0",
    },
    watchdogMs: supervisor?.watchdogMs,
    stopMs: config.drainWaitMs + config.drainTimeoutMs + STOP_MARGIN_MS,
  };
}

/**
 * Returns the executable of the processes: the file at the path of this one, which may be a newer one meanwhile, if it may
 * be run, else this one.
 *
 * @throws {ConfigError} if this one was replaced by another that may not be run.
 */
function executable(): Generation["executable"] {
  if (!Deno.build.standalone) {
    return { file: OWN_FILE, args: ["run", "-q", "-P", fileURLToPath(Deno.mainModule)] };
  }
  const { state } = Deno.permissions.querySync({ name: "run", command: PATH });
  if (state === "granted") return { file: PATH, args: [] };
  if (inodeOf(PATH) !== FILE) {
    const reason =
      `cannot start the executable that has replaced ${PATH}, which is not found by PATH; restart the program`;
    throw new ConfigError([{ variable: "WORKERS", reason }]);
  }
  return { file: OWN_FILE, args: [] };
}

function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.statSync(path).ino;
  } catch {
    return undefined;
  }
}

function isReady(group: WorkerGroup): boolean {
  return group.processes.some((process) => process?.state === "ready");
}

/** Returns the metrics of all processes, and of the supervisor. */
function metricsOf(group: WorkerGroup): MetricsSource {
  return {
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    async text(): Promise<string> {
      const running = group.processes.filter((process) => process !== undefined);
      const all = await Promise.all(
        running.map(({ metricsUrl, share }) =>
          metricsUrl === undefined ? undefined : requestMetrics(metricsUrl, share.index)
        ),
      );
      const ready = running.filter(({ state }) => state === "ready").length;
      return [
        "# HELP archway_processes_ready Number of processes that are ready.\n# TYPE archway_processes_ready gauge\n",
        `archway_processes_ready ${ready}\n`,
        "# HELP archway_processes_configured Number of processes that shall serve.\n# TYPE archway_processes_configured gauge\n",
        `archway_processes_configured ${group.count}\n`,
        "# HELP archway_process_restarts_total Number of processes started again after their end.\n",
        `# TYPE archway_process_restarts_total counter\narchway_process_restarts_total ${group.restarts}\n`,
        mergeMetrics(all.filter((each) => each !== undefined)),
      ].join("");
    },
  };
}

/** Returns undefined for a process that does not respond; it may be ending. */
async function requestMetrics(url: string, worker: number): Promise<WorkerMetrics | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) });
    return { worker, text: await response.text() };
  } catch {
    return undefined;
  }
}
