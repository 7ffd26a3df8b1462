import type { HrTime } from "@opentelemetry/api";

/** Deviation from which the system's clock is followed, in milliseconds: above that with which it is read. */
const TOLERANCE_MS = 5;

let originMs = performance.timeOrigin;

/**
 * Follows the system's clock, which may have been set, or have stood still with the machine. Called before every export,
 * as spans only have times since the start of the process.
 */
export function alignClock(): void {
  const measured = Date.now() - performance.now();
  if (Math.abs(measured - originMs) > TOLERANCE_MS) originMs = measured;
}

/** Converts a time since the start of the process, in milliseconds, to seconds and nanoseconds since the Unix epoch. */
export function toHrTime(ms: number): HrTime {
  const time = originMs + ms;
  const seconds = Math.floor(time / 1000);
  return [seconds, Math.floor((time - seconds * 1000) * 1e6)];
}
