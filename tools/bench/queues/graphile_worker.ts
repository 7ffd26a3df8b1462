import { type BenchQueue, type JobPayload, measureQueue, type StartedWorker } from "./bench_queue.ts";

/** Used part of graphile-worker. */
interface GraphileWorker {
  readonly Logger: new (scoped: () => () => void) => unknown;
  makeWorkerUtils(options: { readonly preset: object }): Promise<WorkerUtils>;
  run(options: object): Promise<StartedWorker>;
}

interface WorkerUtils {
  migrate(): Promise<void>;
  addJob(identifier: string, payload: JobPayload): Promise<unknown>;
  addJobs(jobs: readonly { readonly identifier: string; readonly payload: JobPayload }[]): Promise<unknown>;
  release(): Promise<unknown>;
}

const KIND = "send_receipt";

/** Opens the queue with the settings of its guide on performance: 24 jobs at once, and both kinds of batches. */
async function openQueue(
  { Logger, makeWorkerUtils, run }: GraphileWorker,
  connectionString: string,
): Promise<BenchQueue> {
  // Its log would be on the standard output, which is for results.
  const logger = new Logger(() => () => {});
  const enqueuing = { worker: { connectionString, logger, maxPoolSize: 10 } };
  const working = {
    worker: {
      connectionString,
      logger,
      concurrentJobs: 24,
      maxPoolSize: 25,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  };
  const utils = await makeWorkerUtils({ preset: enqueuing });
  await utils.migrate();
  return {
    enqueue: (payload) => utils.addJob(KIND, payload),
    enqueueMany: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: KIND, payload }))),
    startWorker: (onRun) =>
      run({ preset: working, noHandleSignals: true, taskList: { [KIND]: () => Promise.resolve(onRun(1)) } }),
    async [Symbol.asyncDispose](): Promise<void> {
      await utils.release();
    },
  };
}

const [connectionString = "", specifier = ""] = Deno.args;
await measureQueue(await openQueue(await import(specifier), connectionString));
