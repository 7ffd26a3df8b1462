import { PeriodicTask, type PeriodicTaskOptions } from "@archway/service_kit/periodic_task.ts";
import type { BackgroundWork, ServiceDependencies } from "@archway/service_kit/service_module.ts";
import { closeBlocks } from "./audit/close_blocks.ts";
import type { DatabaseTrail } from "./audit/database_trail.ts";
import { SubjectKeys } from "./cipher/subject_keys.ts";

/** Interval at which keys are wrapped again after a rotation of the secrets. */
const REWRAP_MS = 3_600_000;

/** Interval at which the audit log is closed. */
const CLOSE_MS = 2_000;

/** The same without a trail, when only commands write to it. */
const RARELY_MS = 60_000;

type TaskOptions = Pick<PeriodicTaskOptions, "intervalMs" | "run">;

/** Opens the work that privacy needs beside requests. Disposing writes what the audit trail has gathered. */
export function openPrivacyTasks(
  { pool, secrets, logger }: ServiceDependencies,
  trail: DatabaseTrail | undefined,
): BackgroundWork {
  const keys = new SubjectKeys(secrets);
  // Once for each outage, as it would be often.
  const reported = new Set<string>();
  const task = (name: string, { intervalMs, run }: TaskOptions): PeriodicTask =>
    new PeriodicTask({
      intervalMs,
      run: async (signal) => {
        await run(signal);
        reported.delete(name);
      },
      onFailed: (error) => {
        if (reported.has(name)) return;
        reported.add(name);
        const message = error instanceof Error ? error.message : "unknown";
        logger.warn("{task} failed and is repeated: {message}", { task: name, message });
      },
    });
  const tasks = [
    task("Wrapping keys of personal data by the newest secret", {
      intervalMs: REWRAP_MS,
      run: async (signal) => {
        while (!(await pool.withTx((tx) => keys.rewrap(tx), { signal })).isLast);
      },
    }),
    task("Closing blocks of the audit log", {
      intervalMs: trail === undefined ? RARELY_MS : CLOSE_MS,
      run: (signal) => closeBlocks(pool, { signal }),
    }),
  ];
  return {
    start(): void {
      for (const one of tasks) one.start();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(tasks.map((one) => one[Symbol.asyncDispose]()));
      await trail?.[Symbol.asyncDispose]();
    },
  };
}
