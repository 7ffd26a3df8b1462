import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { integerSetting, textSetting } from "@archway/service_kit/setting_types.ts";

/** Supervisor that is notified of the state of the program, such as systemd. */
export interface SupervisorConfig {
  /** Path of its datagram socket; one that starts with "@" is abstract (unix(7)). */
  readonly socket: string;
  /** Time without a sign of life after which it restarts the program, in milliseconds. */
  readonly watchdogMs: number | undefined;
}

const NOTIFY_SOCKET = textSetting("NOTIFY_SOCKET", {
  type: "path",
  example: "/run/systemd/notify",
  description:
    "Socket of systemd, which sets it for Type=notify: receives READY=1, RELOADING=1, STOPPING=1 and WATCHDOG=1.",
  pattern: [/^[/@]./, "must be an absolute path, or start with @"],
});
const WATCHDOG_USEC = integerSetting("WATCHDOG_USEC", {
  min: 1_000,
  max: 86_400_000_000,
  example: "30000000",
  description:
    "WatchdogSec= of systemd in microseconds, which sets it; a sign of life is sent at half of it.",
});

export const SUPERVISOR_SETTINGS = [NOTIFY_SOCKET, WATCHDOG_USEC];

/** Reads the supervisor; undefined if there is none. */
export function readSupervisorConfig(reader: SettingsReader): SupervisorConfig | undefined {
  const [socket, microseconds] = [reader.read(NOTIFY_SOCKET), reader.read(WATCHDOG_USEC)];
  if (socket === undefined) return undefined;
  return { socket, watchdogMs: microseconds === undefined ? undefined : microseconds / 1_000 };
}
