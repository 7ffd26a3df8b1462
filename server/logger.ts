/** Minimum level of logged lines, from most to least verbose; "off" for none. */
export type LogLevel = "trace" | "debug" | "info" | "warning" | "error" | "off";

/** Convention for the names of fields: OpenTelemetry's log data model, Elastic Common Schema or Google Cloud Logging. */
export type LogFormat = "otel" | "ecs" | "gcp";

/** Logger of the server, compatible with `Logger` of `@logtape/logtape`. */
export interface Logger {
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}

/** Discards everything. The default, because a library must not print on its own. */
export const SILENT_LOGGER: Logger = {
  info(): void {},
  warn(): void {},
  error(): void {},
};
