import { join } from "node:path";
import { PeriodicTask, type PeriodicTaskOptions } from "@archway/service_kit/periodic_task.ts";
import type {
  BackgroundWork,
  ConfiguredService,
  MountedService,
  ServiceDependencies,
  ServiceModule,
} from "@archway/service_kit/service_module.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { choiceSetting } from "@archway/service_kit/setting_types.ts";
import { DatabaseTrail } from "./audit/database_trail.ts";
import { closeBlocks } from "./audit/close_blocks.ts";
import { EventCipher } from "./cipher/event_cipher.ts";
import { SubjectKeys } from "./cipher/subject_keys.ts";
import { auditCommand } from "./command/audit_command.ts";
import { privacyCommand } from "./command/privacy_command.ts";
import { PRIVACY_TABLES } from "./privacy_tables.ts";

const AUDIT_LOG = choiceSetting("AUDIT_LOG", ["off", "changes", "all"], {
  default: "off",
  description:
    "What the audit log records: nothing but exports and erasures, changes of personal data too, or also reads and what " +
    "webhooks send. Changes are recorded in their transactions, reads within a second (docs/privacy.md).",
});

/** Interval at which keys are wrapped again after a rotation of the secrets. */
const REWRAP_MS = 3_600_000;

/** Interval at which the audit log is closed. */
const CLOSE_MS = 2_000;

/** The same without a trail, when only commands write to it. */
const RARELY_MS = 60_000;

/** Service module of privacy: encryption of personal fields of events, exports, erasures, and an audit log. */
export const privacyModule: ServiceModule = {
  name: "privacy",
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  tables: PRIVACY_TABLES,
  settings: { title: "Privacy", settings: [AUDIT_LOG] },
  commands: [privacyCommand, auditCommand],
  hasBackground: true,
  cipher: (secrets) => new EventCipher(new SubjectKeys(secrets)),
  configure(reader: SettingsReader): ConfiguredService {
    const mode = reader.read(AUDIT_LOG);
    let trail: DatabaseTrail | undefined;
    return {
      name: "privacy",
      audit: mode === "off"
        ? undefined
        : (dependencies) => trail = new DatabaseTrail({ ...dependencies, reads: mode === "all" }),
      mount: (dependencies): MountedService => ({
        background: { inline: true, open: () => Promise.resolve(openTasks(dependencies, trail)) },
      }),
    };
  },
};

type TaskOptions = Pick<PeriodicTaskOptions, "intervalMs" | "run">;

function openTasks(
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
