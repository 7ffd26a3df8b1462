import { respondToCommands } from "../child_process.ts";
import { runLoad } from "../run_load.ts";

/** A job queue under measurement, on a database of its own. */
export interface BenchQueue extends AsyncDisposable {
  /** Enqueues a job with one statement, as a service does in a request. */
  enqueue(payload: JobPayload): Promise<unknown>;
  /** Enqueues jobs with one call, as a service does for a list. */
  enqueueMany(payloads: readonly JobPayload[]): Promise<unknown>;
  /** Starts a worker, which calls `onRun` for every job it has run. */
  startWorker(onRun: (jobs: number) => void): Promise<StartedWorker>;
}

/** A worker that runs jobs. */
export interface StartedWorker {
  /** Stops it after all jobs that it has begun have been recorded. */
  stop(): Promise<unknown>;
}

/** Payload of every job. */
export interface JobPayload {
  readonly order: number;
  readonly address: string;
}

/** Command of the scenario to a program that has a queue. */
export type QueueCommand =
  | {
    readonly action: "enqueue";
    readonly milliseconds: number;
    readonly callers: number;
    readonly size: number;
  }
  | { readonly action: "fill" | "run"; readonly jobs: number };

/** Jobs that a command has enqueued or run, and the time it took. */
export interface QueueResult {
  readonly jobs: number;
  readonly seconds: number;
}

const FILL_BATCH = 1_000;

/** Runs commands on a queue until the input of this program ends. */
export async function measureQueue(queue: BenchQueue): Promise<void> {
  await using _open = queue;
  await respondToCommands((command: QueueCommand) => {
    if (command.action === "enqueue") return enqueue(queue, command);
    return command.action === "fill" ? fill(queue, command.jobs) : run(queue, command.jobs);
  });
}

/** Enqueues jobs from concurrent callers, as many as there is time for, in batches if there is a size above 1. */
async function enqueue(
  queue: BenchQueue,
  { milliseconds, callers, size }: Extract<QueueCommand, { readonly action: "enqueue" }>,
): Promise<QueueResult> {
  let order = 0;
  const client = async (): Promise<number> => {
    if (size === 1) await queue.enqueue(payload(order++));
    else await queue.enqueueMany(Array.from({ length: size }, () => payload(order++)));
    return 200;
  };
  const { seconds } = await runLoad(Array.from({ length: callers }, () => client), { milliseconds });
  return { jobs: order, seconds };
}

async function fill(queue: BenchQueue, jobs: number): Promise<QueueResult> {
  const start = performance.now();
  for (let order = 0; order < jobs; order += FILL_BATCH) {
    const length = Math.min(FILL_BATCH, jobs - order);
    await queue.enqueueMany(Array.from({ length }, (_, index) => payload(order + index)));
  }
  return { jobs, seconds: (performance.now() - start) / 1000 };
}

/** Runs at least so many jobs, with a worker that is started for it and stopped when their ends are recorded. */
async function run(queue: BenchQueue, jobs: number): Promise<QueueResult> {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const start = performance.now();
  let finished = 0;
  const worker = await queue.startWorker((more) => {
    finished += more;
    if (finished >= jobs) resolve();
  });
  await done;
  await worker.stop();
  return { jobs: finished, seconds: (performance.now() - start) / 1000 };
}

function payload(order: number): JobPayload {
  return { order, address: "ada@example.com" };
}
