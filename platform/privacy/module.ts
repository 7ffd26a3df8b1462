import { join } from "node:path";
import { outsideTransactions } from "@archway/db/outside_transactions.ts";
import { hasEncrypted, type PersonalDataCipher } from "@archway/service_kit/personal_data.ts";
import type {
  BackgroundWork,
  ConfiguredService,
  MountedService,
  ServiceModule,
} from "@archway/service_kit/service_module.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { choiceSetting } from "@archway/service_kit/setting_types.ts";
import { DatabaseTrail } from "./audit/database_trail.ts";
import { auditCommand } from "./command/audit_command.ts";
import { privacyCommand } from "./command/privacy_command.ts";
import { PRIVACY_TABLES } from "./privacy_tables.ts";

const AUDIT_LOG = choiceSetting("AUDIT_LOG", ["off", "changes", "all"], {
  default: "off",
  description:
    "What the audit log records: nothing but exports and erasures, changes of personal data too, or also reads and what " +
    "webhooks send. Changes are recorded in their transactions, reads within a second (docs/privacy.md).",
});

/** Service module of privacy: encryption of personal fields of events, exports, erasures, and an audit log. */
export const privacyModule: ServiceModule = {
  name: "privacy",
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  tables: PRIVACY_TABLES,
  settings: { title: "Privacy", settings: [AUDIT_LOG] },
  commands: [privacyCommand, auditCommand],
  hasBackground: true,
  cipher: cipherOnDemand,
  configure(reader: SettingsReader): ConfiguredService {
    const mode = reader.read(AUDIT_LOG);
    let trail: DatabaseTrail | undefined;
    return {
      name: "privacy",
      audit: mode === "off"
        ? undefined
        : (dependencies) => trail = new DatabaseTrail({ ...dependencies, reads: mode === "all" }),
      mount: (dependencies): MountedService => ({
        background: {
          inline: true,
          open: async (): Promise<BackgroundWork> =>
            (await import("./privacy_tasks.ts")).openPrivacyTasks(dependencies, trail),
        },
      }),
    };
  },
};

/** Returns a cipher that is loaded for the first event: the first response does not need it. */
function cipherOnDemand(secrets: readonly [string, ...string[]]): PersonalDataCipher {
  let loaded: Promise<PersonalDataCipher> | undefined;
  const load = (): Promise<PersonalDataCipher> => loaded ??= outsideTransactions(() => loadCipher(secrets));
  return {
    encrypt: async (...events) => await (await load()).encrypt(...events),
    decrypt: async (db, data) => data.some(hasEncrypted) ? await (await load()).decrypt(db, data) : data,
  };
}

async function loadCipher(secrets: readonly [string, ...string[]]): Promise<PersonalDataCipher> {
  const [{ EventCipher }, { SubjectKeys }] = await Promise.all([
    import("./cipher/event_cipher.ts"),
    import("./cipher/subject_keys.ts"),
  ]);
  return new EventCipher(new SubjectKeys(secrets));
}
