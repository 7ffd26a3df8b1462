import type { Socket } from "node:net";
import { Stream } from "node:stream";
import { cancelStatement } from "./cancel_statement.ts";
import type { DriverSession, DriverSessionOptions, StatementOutcome } from "./driver_session.ts";
import { type Driver, openDriver } from "./open_driver.ts";
import { refuseRetries, refusesRetry, wasRefused } from "./refuse_retry.ts";
import { copyUnsupported } from "./refuse_statement.ts";
import { connectionLost } from "./statement_errors.ts";

/** Prepares statements; a text can contain only one. */
const prepared = { prepare: true, simple: false, [refusesRetry]: true };

/** Sends a statement that is not kept, on either side. */
const unprepared = { ...prepared, prepare: false };

/** Maximum number of prepared statements of a session, which the driver would keep without a limit. */
const maxStatements = 256;

/** Length of a text that is not worth keeping, on either side. */
const maxText = 32_768;

/** Session of postgres.js with a single connection, which it opens with the first statement and never again. */
export class PostgresJsSession implements DriverSession {
  /** Each of its statements ends with a Sync, behind which the server runs the next one whatever happened. */
  readonly canLead = false;
  readonly stream: Socket;
  readonly #driver: Driver;
  readonly #options: DriverSessionOptions;
  /** Texts of the prepared statements. */
  readonly #prepared = new Set<string>();
  #pid: number | undefined;

  constructor(options: DriverSessionOptions) {
    const { socket, instance, password, config, readOnly, events } = options;
    this.#options = options;
    this.stream = socket;
    let unused: Socket | undefined = socket;
    this.#driver = openDriver({ ...instance, password, maxConnections: 1 }, { ...config, idleTimeoutMs: 0 }, {
      readOnly,
      connect: () => {
        const unusedSocket = unused;
        unused = undefined;
        return unusedSocket?.destroyed === false
          ? Promise.resolve(unusedSocket)
          : Promise.reject(connectionLost());
      },
      onClose: () => events.onClosed(),
      onNotice: (notice) => events.onNotice(notice),
      onNotification: config.onNotification,
    });
    refuseRetries(this.#driver.unsafe(""));
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  query<R extends object>(
    text: string,
    parameters: readonly (string | null)[],
    outcome: StatementOutcome<R>,
  ): object {
    const pending = this.#driver.unsafe<(R & Iterable<R>)[]>(text, [...parameters], this.#optionsOf(text));
    pending.then((result) => {
      this.#pid ??= result.state.pid;
      if (!Array.isArray(result)) return this.#endCopy(result, outcome);
      // A plain array: the driver's own keeps a reference to the statement.
      outcome.onResult({ rows: rowsOf(result), rowCount: result.count ?? result.length });
    }, (error: unknown) => outcome.onError(error, wasRefused(pending)));
    return pending;
  }

  script(text: string, outcome: StatementOutcome): object {
    const pending = this.#driver.unsafe(text).simple();
    pending.then((result: unknown) => {
      if (!Array.isArray(result)) return this.#endCopy(result, outcome);
      outcome.onResult({ rows: [], rowCount: 0 });
    }, (error: unknown) => outcome.onError(error, false));
    return pending;
  }

  async cancel(sent: object): Promise<void> {
    await cancelStatement(sent, this.#options);
  }

  async end(timeout: number): Promise<void> {
    // A server may be lost during the close.
    await this.#driver.end({ timeout }).catch(() => {});
  }

  /** Prepares the first texts of the session; a program with more builds them from values. */
  #optionsOf(text: string): typeof prepared {
    if (this.#prepared.has(text)) return prepared;
    if (this.#prepared.size >= maxStatements || text.length > maxText) return unprepared;
    this.#prepared.add(text);
    return prepared;
  }

  /** Ends the session, since the server waits for rows or sends them, which the driver exposes as a stream. */
  #endCopy(stream: unknown, outcome: StatementOutcome): void {
    // Closing it destroys the stream with an error, which would end the process.
    if (stream instanceof Stream) stream.on("error", () => {});
    this.#options.events.onClosed();
    this.stream.destroy();
    outcome.onError(copyUnsupported(), false);
  }
}

/**
 * Returns the rows of a result. After a statement that failed between its rows, the driver stores those of the next one
 * behind as many holes, since its counter goes on.
 */
function rowsOf<R>(result: readonly R[]): R[] {
  return result.length === 0 || 0 in result ? result.slice() : result.filter(() => true);
}
