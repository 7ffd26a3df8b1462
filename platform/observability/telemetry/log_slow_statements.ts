import type { Logger } from "@logtape/logtape";
import { type DatabaseObserver, type Observation, UNOBSERVED } from "@archway/db/database_observer.ts";
import { summarizeStatement, withoutLiterals } from "@archway/db/summarize_statement.ts";

/**
 * Returns an observer that logs statements whose response takes at least `thresholdMs`, at level "warning": their text
 * without values, their time in milliseconds and that of waiting for a connection before.
 */
export function logSlowStatements(logger: Logger, thresholdMs: number): DatabaseObserver {
  return {
    statement: (text, instance) => new SlowStatement(text, { instance, thresholdMs, logger }),
    transaction: (_instance, run) => run(UNOBSERVED),
  };
}

interface SlowStatementOptions {
  readonly instance: string;
  readonly thresholdMs: number;
  readonly logger: Logger;
}

class SlowStatement implements Observation {
  readonly #text: string;
  readonly #options: SlowStatementOptions;
  readonly #begun = performance.now();
  #connected: number | undefined;

  constructor(text: string, options: SlowStatementOptions) {
    this.#text = text;
    this.#options = options;
  }

  connected(): void {
    this.#connected = performance.now();
  }

  ended({ rows, error }: { readonly rows?: number; readonly error?: unknown }): void {
    // It was never sent: a busy pool is not a slow statement.
    if (this.#connected === undefined) return;
    const { instance, thresholdMs, logger } = this.#options;
    const ms = performance.now() - this.#connected;
    if (ms < thresholdMs) return;
    logger.warn("Slow statement: {statement} took {ms} ms on {instance}", {
      statement: summarizeStatement(this.#text).name,
      ms: Math.round(ms),
      waitedMs: Math.round(this.#connected - this.#begun),
      instance,
      text: withoutLiterals(this.#text),
      ...(rows !== undefined && { rows }),
      ...(error !== undefined && { failed: true }),
    });
  }
}
