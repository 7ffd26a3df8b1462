import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { integerSetting } from "@archway/service_kit/setting_types.ts";
import { hostSetting } from "./host_setting.ts";

/** Address of the admin server, which serves metrics. */
export interface AdminConfig {
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
}

const ADMIN_PORT = integerSetting("ADMIN_PORT", {
  min: 0,
  max: 65_535,
  example: "9464",
  description: "Port of the admin server, which serves /metrics for Prometheus; not started if absent.",
});
const ADMIN_HOST = hostSetting("ADMIN_HOST", {
  default: "127.0.0.1",
  description: "Address of the admin server. Its metrics are readable without authentication.",
});

export const ADMIN_SETTINGS = [ADMIN_PORT, ADMIN_HOST];

/** Reads the admin server's address; undefined if there is none. */
export function readAdminConfig(reader: SettingsReader): AdminConfig | undefined {
  const [host, port] = [reader.read(ADMIN_HOST), reader.read(ADMIN_PORT)];
  if (reader.isSet(ADMIN_PORT)) return { host, port: port ?? 0 };
  if (reader.isSet(ADMIN_HOST)) reader.reject(ADMIN_HOST, "needs ADMIN_PORT");
  return undefined;
}
