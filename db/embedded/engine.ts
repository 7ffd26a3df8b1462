import { PGlite } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { concatBytes } from "./concat_bytes.ts";
import { EmbeddedError } from "./embedded_error.ts";
import { copyFailMessage } from "./frontend_messages.ts";
import { ServerLog } from "./server_log.ts";

/** Options of {@link Engine.open}. */
export interface EngineOptions {
  /** Initialized data directory of PGlite's version. */
  readonly cluster: string;
  /** Compiled WebAssembly module of PGlite. */
  readonly module: WebAssembly.Module;
}

/**
 * The operating system caches files, too: a smaller cache of PostgreSQL's own saves memory. Segments of the write-ahead
 * log must not be recycled, see `WalLimit`. The log has neither errors of statements, which
 * their clients get, nor statements.
 */
const settings = [
  "shared_buffers=16MB",
  "wal_recycle=off",
  "log_min_messages=log",
  "log_min_error_statement=panic",
];

/**
 * Ends a COPY from the client, whose data the engine cannot wait for: it would abort, and with it the transactions of all
 * clients. PostgreSQL ignores the message otherwise.
 */
const COPY_FAIL = copyFailMessage("COPY FROM STDIN is not supported by the embedded database: use INSERT");

/** Status with which PGlite's main loop ends after an error of a statement. Any other exception ends the engine. */
const longJump = 100;

/** PGlite on a data directory, until it aborts. */
export class Engine {
  readonly #database: PGlite;
  readonly #log: ServerLog;
  #abort: EmbeddedError | undefined;

  private constructor(database: PGlite, log: ServerLog) {
    this.#database = database;
    this.#log = log;
    this.#watch();
  }

  /** Opens it. Throws an `EmbeddedError` with the messages of PostgreSQL. */
  static async open({ cluster, module }: EngineOptions): Promise<Engine> {
    const log = new ServerLog();
    try {
      const database = await PGlite.create({
        dataDir: cluster,
        pgliteWasmModule: module,
        extensions: { citext },
        startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ["-c", setting])],
        onStderr: (line) => log.add(line),
      });
      return new Engine(database, log);
    } catch (error) {
      throw new EmbeddedError(log.reasonOf(error), { cause: error });
    }
  }

  /** Reason for which it has aborted; undefined while it runs. */
  get aborted(): EmbeddedError | undefined {
    return this.#abort;
  }

  /** Executes messages and returns the complete response. */
  async execute(messages: Uint8Array): Promise<Uint8Array> {
    if (this.#abort !== undefined) throw this.#abort;
    const chunks: Uint8Array[] = [];
    await this.#database.execProtocolRawStream(concatBytes([messages, COPY_FAIL]), {
      // No sync is needed on a directory of the disk: the operating system has what was written.
      syncToFs: false,
      onRawData: (data) => {
        // PGlite reuses the buffer.
        chunks.push(data.slice());
      },
    });
    return concatBytes(chunks);
  }

  /** Runs a statement and returns its rows. */
  async query(text: string): Promise<readonly unknown[]> {
    if (this.#abort !== undefined) throw this.#abort;
    return (await this.#database.query(text)).rows;
  }

  /** Closes it, unless it has aborted. */
  async close(): Promise<void> {
    if (this.#abort === undefined) await this.#database.close();
  }

  /**
   * Ends the main loop when the engine aborts. PGlite 0.5.16 ignores every exception of it and calls it again, without
   * end if messages are left, with the state of a server that has panicked.
   */
  #watch(): void {
    const module = this.#database.Module;
    const loopOnce = module._PostgresMainLoopOnce;
    module._PostgresMainLoopOnce = (): void => {
      try {
        loopOnce();
      } catch (error) {
        if (error instanceof Object && Reflect.get(error, "status") === longJump) throw error;
        const abort = new EmbeddedError(this.#log.reasonOf(error), { cause: error });
        this.#abort = abort;
        // Called next, outside of the block that catches everything.
        module.stackRestore = (): never => {
          throw abort;
        };
        module._PostgresSendReadyForQueryIfNecessary = module._pgl_pq_flush = (): void => {};
        throw error;
      }
    };
  }
}
