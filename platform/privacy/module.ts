import { join } from "node:path";
import { PeriodicTask } from "@archway/service_kit/periodic_task.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { EventCipher } from "./cipher/event_cipher.ts";
import { SubjectKeys } from "./cipher/subject_keys.ts";
import { privacyCommand } from "./command/privacy_command.ts";
import { PRIVACY_TABLES } from "./privacy_tables.ts";

/** Interval at which keys are wrapped again after a rotation of the secrets. */
const REWRAP_MS = 3_600_000;

/** Service module of privacy: encryption of personal fields of events, exports and erasures of a person's data. */
export const privacyModule = defineService({
  name: "privacy",
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  tables: PRIVACY_TABLES,
  commands: [privacyCommand],
  hasBackground: true,
  cipher: (secrets) => new EventCipher(new SubjectKeys(secrets)),
  mount({ pool, secrets, logger }): MountedService {
    const keys = new SubjectKeys(secrets);
    const rewrap = async (signal: AbortSignal): Promise<void> => {
      while (!(await pool.withTx((tx) => keys.rewrap(tx), { signal })).isLast);
    };
    const onFailed = (error: unknown): void =>
      logger.warn("Keys of personal data could not be wrapped by the newest secret: {message}", {
        message: error instanceof Error ? error.message : "unknown",
      });
    const open = (): Promise<PeriodicTask> =>
      Promise.resolve(new PeriodicTask({ intervalMs: REWRAP_MS, run: rewrap, onFailed }));
    return { background: { inline: true, open } };
  },
});
