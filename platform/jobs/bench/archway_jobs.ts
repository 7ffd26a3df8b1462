import { openPool } from "@archway/db/postgres/open_pool.ts";
import { enqueue, enqueueMany } from "../enqueue.ts";
import { jobsModule } from "../module.ts";
import { migrationSources } from "@archway/program/project.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { defineJob, handleJob, payloadOf } from "@archway/service_kit/job.ts";
import { UNOBSERVED } from "../worker/job_observer.ts";
import { JobWorker } from "../worker/job_worker.ts";
import {
  type BenchQueue,
  type JobPayload,
  measureQueue,
  type StartedWorker,
} from "@archway/tools/bench/queues/bench_queue.ts";

/** The defaults of the settings. */
const CONFIG = { concurrency: 16, pollMs: 1_000, leaseMs: 30_000, retentionMs: 720 * 3_600_000 };

const SEND_RECEIPT = defineJob({ kind: "bench.send_receipt", payload: payloadOf(readPayload) });

/** Opens the queue as a service and its worker do. */
async function openQueue(url: URL): Promise<BenchQueue> {
  const primary = {
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    password: "",
    database: url.pathname.slice(1),
    maxConnections: 10,
  };
  const pool = openPool({ primary, replicas: [] });
  await pool.migrate(migrationSources([jobsModule]));
  const db = pool.writer();
  return {
    enqueue: (payload) => enqueue(db, SEND_RECEIPT, payload),
    enqueueMany: (payloads) => enqueueMany(db, SEND_RECEIPT, payloads.map((payload) => ({ payload }))),
    startWorker(onRun): Promise<StartedWorker> {
      const handlers = [handleJob(SEND_RECEIPT, () => Promise.resolve(onRun(1)))];
      const worker = new JobWorker({
        ...{ pool, handlers, config: CONFIG, logger: SILENT_LOGGER, observer: UNOBSERVED, graceMs: 10_000 },
      });
      worker.start();
      return Promise.resolve({ stop: () => worker[Symbol.asyncDispose]() });
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

function readPayload(value: unknown): JobPayload {
  if (typeof value === "object" && value !== null && "order" in value && "address" in value) {
    const { order, address } = value;
    if (typeof order === "number" && typeof address === "string") return { order, address };
  }
  throw new Error("order and address are required");
}

const [url = ""] = Deno.args;
await measureQueue(await openQueue(new URL(url)));
