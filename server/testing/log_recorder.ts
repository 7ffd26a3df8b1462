import type { Logger } from "../logger.ts";

/** Logger that keeps the messages of warnings and errors, with their properties. */
export class LogRecorder implements Logger {
  readonly lines: { readonly message: string; readonly properties: Readonly<Record<string, unknown>> }[] = [];

  info(): void {}

  warn(message: string, properties: Record<string, unknown> = {}): void {
    this.lines.push({ message, properties });
  }

  error(message: string, properties: Record<string, unknown> = {}): void {
    this.lines.push({ message, properties });
  }
}
