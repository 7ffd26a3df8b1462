import type { EmbeddedError } from "./embedded_error.ts";
import { Engine, type EngineOptions } from "./engine.ts";

/** Options of {@link EngineSupervisor.open}. */
export interface EngineSupervisorOptions extends EngineOptions {
  /** First message of a session. */
  readonly startup: Uint8Array;
  /** Called when the engine has aborted: its session is lost. */
  readonly onAbort: () => void;
  /** Called when it runs again after recovery. */
  readonly onReopened: () => void;
  /** Called with what happened, for the log: "aborted: PANIC: …". */
  readonly onMessage: (message: string) => void;
}

/** Pause between two attempts to open the engine again, in milliseconds. */
const pauseMs = 500;

/**
 * Engine that is opened again after it has aborted, as PostgreSQL's postmaster does after a crash. A full disk aborts it,
 * and it can be opened once there is space for the write-ahead log.
 */
export class EngineSupervisor {
  readonly #options: EngineSupervisorOptions;
  #engine: Engine;
  #failedAt = -Infinity;
  #lastFailure = "";

  private constructor(engine: Engine, options: EngineSupervisorOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** Opens the engine. Throws an `EmbeddedError`. */
  static async open(options: EngineSupervisorOptions): Promise<EngineSupervisor> {
    return new EngineSupervisor(await Engine.open(options), options);
  }

  /** Executes messages and returns the complete response. */
  execute(messages: Uint8Array): Promise<Uint8Array> {
    return this.#use((engine) => engine.execute(messages));
  }

  /** Runs a statement and returns its rows. */
  query(text: string): Promise<readonly unknown[]> {
    return this.#use((engine) => engine.query(text));
  }

  /** Closes the engine, unless it has aborted. */
  close(): Promise<void> {
    return this.#engine.close();
  }

  async #use<T>(run: (engine: Engine) => Promise<T>): Promise<T> {
    if (this.#engine.aborted !== undefined) await this.#reopen(this.#engine.aborted);
    const engine = this.#engine;
    try {
      return await run(engine);
    } catch (error) {
      if (engine.aborted !== undefined) {
        this.#options.onMessage(`aborted: ${engine.aborted.message}`);
        this.#options.onAbort();
      }
      throw error;
    }
  }

  async #reopen(abort: EmbeddedError): Promise<void> {
    if (performance.now() - this.#failedAt < pauseMs) throw abort;
    try {
      const engine = await Engine.open(this.#options);
      await engine.execute(this.#options.startup);
      this.#engine = engine;
    } catch (error) {
      this.#failedAt = performance.now();
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.#lastFailure) {
        this.#options.onMessage(`could not be opened again: ${message}`);
      }
      this.#lastFailure = message;
      throw error;
    }
    this.#lastFailure = "";
    this.#options.onReopened();
    this.#options.onMessage("recovered and runs again");
  }
}
