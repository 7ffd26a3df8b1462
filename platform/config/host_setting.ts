import type { Setting } from "@archway/service_kit/setting.ts";
import { textSetting } from "@archway/service_kit/setting_types.ts";

/** Documentation of a setting with a default host. */
export interface HostOptions {
  readonly default: string;
  readonly description: string;
}

/** Pattern of hosts. A URL is none, and may hold a password, which would be printed with the address. */
const HOST: readonly [RegExp, string] = [/^[^@/\s]+$/, "must be a host name or an address, and not a URL"];

/** Returns a setting that is the address to listen on. */
export function hostSetting(name: string, options: HostOptions): Setting<string> {
  return textSetting(name, { ...options, pattern: HOST });
}
