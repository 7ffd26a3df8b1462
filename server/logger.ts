/** Log level, from most to least verbose. */
export type LogLevel = "debug" | "info" | "warning" | "error";

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
