import { InvalidSetting, type SettingsReader } from "@archway/service_kit/setting.ts";
import { customSetting } from "@archway/service_kit/setting_types.ts";

/** Maximum number of processes; more are surely a mistake. */
const MAX_WORKERS = 256;

const WORKERS = customSetting<number | "auto">("WORKERS", {
  type: "integer or auto",
  bounds: `1 to ${MAX_WORKERS}`,
  default: "1",
  description:
    "Number of processes that serve requests on PORT; auto is one for each processor. From 2 on, the program " +
    "supervises them. They need Linux and an external database; elsewhere there is one.",
  parse: (text) => {
    if (text.toLowerCase() === "auto") return "auto";
    const count = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
    if (count >= 1 && count <= MAX_WORKERS) return count;
    throw new InvalidSetting(`must be auto, or an integer from 1 to ${MAX_WORKERS}`);
  },
});

export const WORKERS_SETTINGS = [WORKERS];

/** Processes that serve requests. */
export interface WorkersConfig {
  /** Number of processes that is configured. */
  readonly configured: number;
  /** Number of processes that is possible, at most the configured one. */
  readonly count: number;
  /** Reason for fewer processes than configured. */
  readonly reason: string | undefined;
}

/** Reads the number of processes; one where several are not possible. */
export function readWorkersConfig(
  reader: SettingsReader,
  { isEmbedded, os = Deno.build.os }: {
    readonly isEmbedded: boolean;
    /** @default {Deno.build.os} */
    readonly os?: typeof Deno.build.os;
  },
): WorkersConfig {
  const configured = readWorkers(reader);
  const reason = isEmbedded
    ? "the embedded database serves one process"
    : os === "linux"
    ? undefined
    : "several processes can listen on one port only on Linux";
  return configured === 1 || reason === undefined
    ? { configured, count: configured, reason: undefined }
    : { configured, count: 1, reason };
}

function readWorkers(reader: SettingsReader): number {
  const count = reader.read(WORKERS);
  return count === "auto" ? Math.min(navigator.hardwareConcurrency, MAX_WORKERS) : count;
}
