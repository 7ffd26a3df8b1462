import { ChildProcess, respondToCommands } from "./child_process.ts";
import type { Target } from "./http_connection.ts";
import { requestSource, type Workload } from "./request_sources.ts";
import { type LoadOptions, type LoadResult, runLoad } from "./run_load.ts";

/** A load on a server. */
export interface LoadCommand {
  readonly target: Target;
  readonly workload: Workload;
  readonly options: LoadOptions;
}

/** Puts servers under load from a process of its own, whose work is in no measurement of the caller. */
export class LoadGenerator implements AsyncDisposable {
  readonly #process = new ChildProcess({ args: ["--allow-net=127.0.0.1", import.meta.filename ?? ""] });

  /** Rejects if a connection broke, or a status was neither 2xx nor expected. */
  async run(
    command: LoadCommand,
    { expected = [] }: { readonly expected?: readonly number[] } = {},
  ): Promise<LoadResult> {
    const result = await this.#process.request<LoadResult>(command);
    const others = Object.entries(result.otherStatuses)
      .filter(([status]) => !expected.includes(Number(status)));
    if (others.length === 0) return result;
    const list = others.map(([status, count]) => `${count} times ${status}`).join(", ");
    throw new Error(`The load failed: the server responded ${list}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

if (import.meta.main) {
  await respondToCommands(({ target, workload, options }: LoadCommand) =>
    runLoad(
      target,
      (connection) => requestSource(workload, { connection, connections: options.connections }),
      options,
    )
  );
}
