import type { Config } from "@archway/config/config.ts";
import { boot, type Booted } from "../boot.ts";
import { buildServer, openCallers } from "../build_server.ts";
import { withConfigErrors } from "../open_rate_limit.ts";
import type { Project } from "../project.ts";
import { waitForStopSignal } from "../wait_for_stop_signal.ts";
import { RuntimeApi, RuntimeApiError } from "./runtime_api.ts";
import { serveInvocation, type ServeInvocationDependencies } from "./serve_invocation.ts";

/** Time for a request in flight when the program is stopped, of the two seconds that Lambda allows. */
const DRAIN_MS = 1_000;

/** Pause between two events after which connections are checked, in milliseconds. */
const CHECKED_PAUSE_MS = 1_000;

/** Maximum time for a connection to respond to the check, in milliseconds. */
const CHECK_TIMEOUT_MS = 500;

/** Options of {@link lambda}. */
export interface LambdaOptions {
  readonly project: Project;
  /** Address of the Runtime API. */
  readonly runtimeApi: string;
  /** Reads the configuration. */
  readonly configure: () => Config;
}

/** `lambda`: responds to the events of AWS Lambda until a signal stops it. */
export async function lambda({ project, runtimeApi, configure }: LambdaOptions): Promise<number> {
  const api = new RuntimeApi(runtimeApi);
  const stopping = new AbortController();
  void waitForStopSignal().then((signal) => stopping.abort(signal));
  await using stack = new AsyncDisposableStack();
  const opened = await open(configure, project, stack).catch(async (error: unknown) => {
    await reportInitError(api, error);
    throw error;
  });
  const { program, server, config } = opened;
  try {
    const basePath = config.publicUrl?.pathname.replace(/\/+$/, "") ?? "";
    const { responseMode } = config.lambda;
    const { logger } = program;
    await serveEvents(program, { api, server, logger, responseMode, basePath, signal: stopping.signal });
    logger.info("Received {signal}, shutting down", { signal: stopping.signal.reason });
    return 0;
  } catch (error) {
    if (!(error instanceof RuntimeApiError)) throw error;
    program.logger.error("{message}", { message: error.message });
    return 1;
  } finally {
    program.stop();
  }
}

interface Opened extends Pick<ServeInvocationDependencies, "server"> {
  readonly config: Config;
  readonly program: Booted;
}

/** Opens everything that requests need, but no background work, no listener and no admin server. */
async function open(
  configure: () => Config,
  project: Project,
  stack: AsyncDisposableStack,
): Promise<Opened> {
  const config = configure();
  const program = stack.use(await boot(config, { ...project, awaitsMigrations: false }));
  const callers = await openCallers(config, { program, stack });
  const server = stack.use(
    withConfigErrors(() =>
      buildServer({
        ...config,
        listener: { ...config.listener, tls: undefined },
        admission: undefined,
        drainWaitMs: 0,
        drainTimeoutMs: DRAIN_MS,
      }, { ...program, ...callers, project, hasGateway: true })
    ),
  );
  return { config, program, server };
}

async function reportInitError(api: RuntimeApi, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : "The program could not start";
  const type = error instanceof Error ? `Runtime.${error.name}` : "Runtime.InitError";
  // The program ends with the error itself.
  await api.failInit({ type, message }).catch(() => {});
}

/** Responds to events one after the other until the signal aborts. */
async function serveEvents(
  program: Booted,
  { signal, ...dependencies }: ServeInvocationDependencies & { readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    // Lambda freezes the program while it waits for an event.
    await program.flush();
    const [monotonic, wall] = [performance.now(), Date.now()];
    const invocation = await dependencies.api.next(signal).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (invocation === undefined) return;
    // The monotonic clock may stand still in a freeze, and the other one may be set.
    const pausedMs = Math.max(performance.now() - monotonic, Date.now() - wall);
    if (pausedMs >= CHECKED_PAUSE_MS) {
      await program.database.pool.checkIdle({ pausedMs, timeoutMs: CHECK_TIMEOUT_MS });
    }
    await serveInvocation(invocation, dependencies);
  }
}
