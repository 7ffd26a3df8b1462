import type { Settings } from "./settings.ts";

/** Where those who run the service get its metrics. */
export interface AdminConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Reads `ADMIN_PORT` and `ADMIN_HOST`; undefined: there is no admin server. */
export function parseAdminConfig(settings: Settings): AdminConfig | undefined {
  const host = settings.text("ADMIN_HOST");
  if (settings.text("ADMIN_PORT") === undefined) {
    if (host !== undefined) settings.reject("ADMIN_HOST", "needs ADMIN_PORT");
    return undefined;
  }
  return { host: host ?? "127.0.0.1", port: settings.integer("ADMIN_PORT", 0, { min: 0, max: 65_535 }) };
}
