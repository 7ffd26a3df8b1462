import type { SettingsReader, SettingsSection } from "@archway/service_kit/setting.ts";
import {
  choiceSetting,
  durationSetting,
  integerSetting,
  MAX_RETENTION,
} from "@archway/service_kit/setting_types.ts";

/** Configuration of jobs. */
export interface JobsConfig {
  /** Whether the service runs jobs, in addition to serving requests. */
  readonly inline: boolean;
  /** Maximum number of concurrent jobs. */
  readonly concurrency: number;
  /** Interval at which an idle worker polls for jobs, in milliseconds. */
  readonly pollMs: number;
  /** Duration of a lease, in milliseconds. */
  readonly leaseMs: number;
  /** Retention of dead letters, in milliseconds. */
  readonly retentionMs: number;
}

const WORKER = choiceSetting("JOBS_WORKER", ["inline", "off"], {
  default: "inline",
  description:
    "Process that runs jobs and schedules: inline for the service itself, beside its requests, or off for separate " +
    "processes (command `worker`). Any number of processes can run jobs concurrently.",
});
const CONCURRENCY = integerSetting("JOBS_CONCURRENCY", {
  default: 16,
  min: 1,
  max: 1000,
  description: "Maximum number of concurrent jobs of a process.",
});
const POLL_INTERVAL = durationSetting("JOBS_POLL_INTERVAL", {
  default: "1s",
  min: "10ms",
  max: "60s",
  description:
    "Interval of polling for jobs that are due: those that were delayed, and all of them where notifications do not " +
    "arrive, such as behind a connection pooler.",
});
const LEASE = durationSetting("JOBS_LEASE", {
  default: "30s",
  min: "1s",
  max: "1h",
  description:
    "Time after which another process runs the jobs of one that was killed. Leases of running jobs are renewed.",
});
const RETENTION = durationSetting("JOBS_RETENTION", {
  default: "720h",
  max: MAX_RETENTION,
  description: "Retention of dead letters, for inspection and retries.",
});

/** Settings of jobs. */
export const JOBS_SETTINGS: SettingsSection = {
  title: "Jobs",
  settings: [WORKER, CONCURRENCY, POLL_INTERVAL, LEASE, RETENTION],
};

/** Reads the configuration of jobs. */
export function readJobsConfig(reader: SettingsReader): JobsConfig {
  return {
    inline: reader.read(WORKER) === "inline",
    concurrency: reader.read(CONCURRENCY),
    pollMs: reader.read(POLL_INTERVAL),
    leaseMs: reader.read(LEASE),
    retentionMs: reader.read(RETENTION),
  };
}
