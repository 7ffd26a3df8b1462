import { type BenchQueue, type JobPayload, measureQueue } from "./bench_queue.ts";

/** Used part of pg-boss. */
interface PgBossModule {
  readonly PgBoss: new (options: object) => PgBoss;
}

interface PgBoss {
  on(event: "error", listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string, options: object): Promise<void>;
  send(name: string, data: JobPayload): Promise<unknown>;
  insert(name: string, jobs: readonly { readonly data: JobPayload }[]): Promise<unknown>;
  work(
    name: string,
    options: object,
    run: (jobs: readonly unknown[]) => Promise<void>,
  ): Promise<unknown>;
  offWork(name: string, options: object): Promise<void>;
  stop(options: object): Promise<void>;
}

const KIND = "send_receipt";

/** Opens the queue with batches, which it fetches without a pause while they are full, and several workers. */
async function openQueue({ PgBoss }: PgBossModule, connectionString: string): Promise<BenchQueue> {
  const boss = new PgBoss({ connectionString, max: 10, useListenNotify: true });
  boss.on("error", (error) => {
    throw error;
  });
  await boss.start();
  await boss.createQueue(KIND, { notify: true });
  const options = { batchSize: 100, localConcurrency: 8, burstWhenBatchFull: true };
  return {
    enqueue: (data) => boss.send(KIND, data),
    enqueueMany: (payloads) => boss.insert(KIND, payloads.map((data) => ({ data }))),
    async startWorker(onRun): Promise<{ stop(): Promise<void> }> {
      await boss.work(KIND, options, (jobs) => Promise.resolve(onRun(jobs.length)));
      return { stop: () => boss.offWork(KIND, { wait: true }) };
    },
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
  };
}

const [connectionString = "", specifier = ""] = Deno.args;
await measureQueue(await openQueue(await import(specifier), connectionString));
