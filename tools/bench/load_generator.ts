import { ChildProcess, respondToCommands } from "./child_process.ts";
import { HttpConnection, type Target } from "./http_connection.ts";
import { type LoadOptions, type LoadResult, runLoad } from "./run_load.ts";
import { type Workload, workloadClient } from "./workload.ts";

/** A load on a server. */
export interface LoadCommand extends LoadOptions {
  readonly target: Target;
  readonly workload: Workload;
}

/** Puts servers under load from a process of its own, whose work is in no measurement of the caller. */
export class LoadGenerator extends ChildProcess {
  constructor() {
    super({ args: ["--allow-net=127.0.0.1", import.meta.filename ?? ""] });
  }

  /** Rejects if a connection broke, or a status was neither 2xx nor expected. */
  async run(command: LoadCommand, expected: readonly number[] = []): Promise<LoadResult> {
    const result = await this.request<LoadResult>(command);
    const unexpected = Object.entries(result.otherStatuses)
      .flatMap(([status, count]) => expected.includes(Number(status)) ? [] : [`${count} times ${status}`]);
    if (unexpected.length === 0) return result;
    throw new Error(`The load failed: the server responded ${unexpected.join(", ")}`);
  }
}

if (import.meta.main) {
  await respondToCommands(async ({ target, workload, ...options }: LoadCommand) => {
    using stack = new DisposableStack();
    const { connections } = options;
    const clients = Array.from({ length: connections }, async (_, connection) => {
      const http = stack.use(await HttpConnection.open(target));
      return await workloadClient(workload, (request) => http.exchange(request), { connection, connections });
    });
    return await runLoad(await Promise.all(clients), options);
  });
}
