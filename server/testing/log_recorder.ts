import type { Logger } from "../logger.ts";

/** Logger that keeps the messages with their properties: warnings and errors apart from information. */
export class LogRecorder implements Logger {
  readonly infos: { readonly message: string; readonly properties: Readonly<Record<string, unknown>> }[] = [];
  readonly lines: { readonly message: string; readonly properties: Readonly<Record<string, unknown>> }[] = [];

  info(message: string, properties: Record<string, unknown> = {}): void {
    this.infos.push({ message, properties });
  }

  warn(message: string, properties: Record<string, unknown> = {}): void {
    this.lines.push({ message, properties });
  }

  error(message: string, properties: Record<string, unknown> = {}): void {
    this.lines.push({ message, properties });
  }
}
