import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { durationSetting, integerSetting } from "@archway/service_kit/setting_types.ts";

/** Thresholds of load shedding. */
export interface AdmissionConfig {
  /** Maximum queueing delay before requests are refused, in milliseconds. */
  readonly targetMs: number;
  /** Maximum number of requests in flight, however fast they are. */
  readonly maxInFlight: number;
}

const MAX_DELAY = durationSetting("ADMISSION_MAX_DELAY", {
  default: "100ms",
  description: "Maximum queueing delay on the processor before requests get 503; health checks are exempt. " +
    "0s disables load shedding. For database connections see POSTGRES_QUEUE_TIMEOUT.",
});
export const MAX_IN_FLIGHT = integerSetting("ADMISSION_MAX_IN_FLIGHT", {
  default: 5000,
  min: 1,
  max: 1_000_000,
  divided: true,
  description: "Maximum number of requests in flight.",
});

export const ADMISSION_SETTINGS = [MAX_DELAY, MAX_IN_FLIGHT];

/** Reads the thresholds of load shedding; undefined if it is disabled. */
export function readAdmissionConfig(reader: SettingsReader): AdmissionConfig | undefined {
  const [targetMs, maxInFlight] = [reader.read(MAX_DELAY), reader.read(MAX_IN_FLIGHT)];
  return targetMs === 0 ? undefined : { targetMs, maxInFlight };
}
