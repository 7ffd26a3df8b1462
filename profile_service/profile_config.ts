import type { SettingsReader, SettingsSection } from "@archway/service_kit/setting.ts";
import { durationSetting, MAX_RETENTION } from "@archway/service_kit/setting_types.ts";

/** Configuration of the profile service. */
export interface ProfileConfig {
  /** Time from the deletion of a profile to the erasure of its personal data, in milliseconds. */
  readonly retentionMs: number;
}

const RETENTION = durationSetting("PROFILE_RETENTION", {
  default: "720h",
  max: MAX_RETENTION,
  description:
    "Time from the deletion of a profile to the erasure of its personal data; 0s erases it with the deletion.",
});

export const PROFILE_SETTINGS: SettingsSection = { title: "Profiles", settings: [RETENTION] };

/** Reads the configuration of the profile service. */
export function readProfileConfig(reader: SettingsReader): ProfileConfig {
  return { retentionMs: reader.read(RETENTION) };
}
