/** How much is logged, from most to least. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** What the server logs with; a `Logger` of `@logtape/logtape` is one. */
export interface Logger {
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}

/** Drops everything: the default, so that a library never prints unasked. */
export const SILENT_LOGGER: Logger = {
  info(): void {},
  warn(): void {},
  error(): void {},
};
