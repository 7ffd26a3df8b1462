import type { Settings } from "./settings.ts";

/** How many requests are let in. */
export interface AdmissionConfig {
  /** How long work may stand in line before requests are refused, in milliseconds. */
  readonly targetMs: number;
  /** How many requests may be under way at the same time, however quick they are. */
  readonly maxInFlight: number;
}

/** Reads `ADMISSION_…`; undefined: everybody is let in. */
export function parseAdmissionSettings(settings: Settings): AdmissionConfig | undefined {
  const targetMs = settings.durationMs("ADMISSION_MAX_DELAY", "100ms");
  const maxInFlight = settings.integer("ADMISSION_MAX_IN_FLIGHT", 5000, { min: 1, max: 1_000_000 });
  return targetMs === 0 ? undefined : { targetMs, maxInFlight };
}
