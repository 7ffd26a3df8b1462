import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import type { Setting, SettingsSection } from "@archway/service_kit/setting.ts";
import { ADMIN_SETTINGS } from "./admin_config.ts";
import { AUTH_SETTINGS } from "./auth_config.ts";
import {
  IDEMPOTENCY_TTL,
  LOG_FORMAT,
  LOG_LEVEL,
  LOG_SLOW_STATEMENTS,
  SETTINGS_FILE,
  VALIDATE_RESPONSES,
} from "./config.ts";
import { HTTP_SETTINGS } from "./http_config.ts";
import { LAMBDA_SETTINGS } from "./lambda_config.ts";
import { LIMIT_SETTINGS } from "./limit_config.ts";
import { SECRET_SETTINGS } from "./secret_config.ts";
import { STORAGE_SETTINGS } from "./storage_config.ts";
import { SUPERVISOR_SETTINGS } from "./supervisor_config.ts";
import { TELEMETRY_SETTINGS } from "./telemetry_config.ts";

const BEFORE_SERVICES: readonly SettingsSection[] = [
  {
    title: "Database",
    note:
      "Without POSTGRES_PRIMARY_HOST the embedded database is used, and settings of servers are rejected.",
    settings: STORAGE_SETTINGS,
  },
  { title: "Secrets and cursors", settings: SECRET_SETTINGS },
  { title: "Idempotency", settings: [IDEMPOTENCY_TTL] },
  { title: "Authentication", settings: AUTH_SETTINGS },
  { title: "HTTP", settings: HTTP_SETTINGS },
  { title: "Limits", settings: LIMIT_SETTINGS },
  { title: "AWS Lambda", settings: LAMBDA_SETTINGS },
];

const AFTER_SERVICES: readonly SettingsSection[] = [
  {
    title: "Diagnostics",
    settings: [
      SETTINGS_FILE,
      LOG_LEVEL,
      LOG_FORMAT,
      LOG_SLOW_STATEMENTS,
      ...ADMIN_SETTINGS,
      VALIDATE_RESPONSES,
      ...SUPERVISOR_SETTINGS,
    ],
  },
  {
    title: "OpenTelemetry",
    note:
      "Traces and metrics are exported by OTLP if there is an endpoint. Other OTEL_ variables have no effect.",
    settings: TELEMETRY_SETTINGS,
  },
];

/** Returns all settings of a program by section: the platform's and those of its services. */
export function settingsTable(services: readonly ServiceModule[]): readonly SettingsSection[] {
  const own = services.flatMap(({ settings }) => settings === undefined ? [] : [settings]);
  return [...BEFORE_SERVICES, ...own, ...AFTER_SERVICES];
}

/** Returns all settings of a program, in the order of the table. */
export function allSettings(services: readonly ServiceModule[]): readonly Setting<unknown>[] {
  return settingsTable(services).flatMap(({ settings }) => settings);
}
