import type { Logger } from "@logtape/logtape";
import { format } from "node:util";
import { redactMessage } from "@archway/service_kit/redact_message.ts";

const LEVELS = { debug: "debug", log: "info", info: "info", warn: "warning", error: "error" } as const;

/**
 * Sends texts that packages print by `console` to the log, so that each line of the output has its format. Disposing
 * restores the console.
 */
export function redirectConsole(logger: Logger): Disposable {
  const { console } = globalThis;
  const originals = Object.keys(LEVELS).map((name) => [name, Reflect.get(console, name)] as const);
  for (const [name, level] of Object.entries(LEVELS)) {
    Reflect.set(console, name, (...values: unknown[]) => {
      logger[level]("Printed by a package: {text}", { text: redactMessage(format(...values)) });
    });
  }
  return {
    [Symbol.dispose](): void {
      for (const [name, original] of originals) Reflect.set(console, name, original);
    },
  };
}
