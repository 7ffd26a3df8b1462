import type { ISql, PendingQuery, Row, RowList } from "postgres";
import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../db.ts";
import { DatabaseError } from "../errors.ts";
import { encodeParameter } from "./encode_parameter.ts";
import { isLeftover, toDatabaseError } from "./to_database_error.ts";

/** The part of postgres.js that runs a statement: a pool, a reserved connection or a transaction. */
export type StatementRunner = Pick<ISql<Record<never, never>>, "unsafe">;

/** Prepared, and never more than one statement in a text. */
const prepared = { prepare: true, simple: false };

/** A Querier over postgres.js. A statement that is aborted rejects at once; the server is told to stop it. */
export class DriverQuerier implements Querier {
  /** Resolves when the statement aborted last has ended on the server and its cancel request is through. */
  idle: Promise<unknown> = Promise.resolve();
  /** How many statements have not been answered yet. */
  running = 0;
  readonly #runner: StatementRunner;

  constructor(runner: StatementRunner) {
    this.#runner = runner;
  }

  async query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    const signal = options?.signal;
    if (signal?.aborted) throw cancelled(signal);
    this.running++;
    try {
      return await this.#send<R>(text, parameters, signal);
    } catch (error) {
      if (isLeftover(error)) return await this.query<R>(text, parameters, options);
      throw toDatabaseError(error);
    } finally {
      this.running--;
    }
  }

  async #send<R extends object>(
    text: string,
    parameters: readonly QueryParameter[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<QueryResult<R>> {
    const pending = this.#runner.unsafe<(R & Iterable<R>)[]>(
      text,
      parameters?.map(encodeParameter) ?? [],
      prepared,
    );
    const result = await (signal === undefined ? pending : this.#abortable(pending, signal));
    // A plain array, for the driver's own carries the statement along. When a connection is lost among rows, the
    // driver counts on from there after it has connected again, and leaves holes before the first row.
    const rows: R[] = 0 in result ? result.slice() : result.filter(() => true);
    return { rows, rowCount: result.count ?? rows.length };
  }

  #abortable<T extends readonly Row[]>(pending: PendingQuery<T>, signal: AbortSignal): Promise<RowList<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<RowList<T>>();
    const onAbort = (): void => {
      this.idle = Promise.allSettled([pending, cancelOnServer(pending)]);
      reject(cancelled(signal));
    };
    signal.addEventListener("abort", onAbort);
    pending.then((result) => {
      signal.removeEventListener("abort", onAbort);
      resolve(result);
    }, (error) => {
      signal.removeEventListener("abort", onAbort);
      reject(error);
    });
    return promise;
  }
}

function cancelled(signal: AbortSignal): DatabaseError {
  return new DatabaseError("cancelled", "The statement was cancelled", { cause: signal.reason });
}

/**
 * Asks the server to stop a statement that runs now. The driver's `cancel()` is not used: its failure cannot be
 * caught, a statement that waits in a connection's pipeline gives its answer to the next one when it is cancelled,
 * and one that waits for its connection to open leaves that connection unusable. Such a statement is only let go.
 */
async function cancelOnServer(pending: object): Promise<void> {
  const canceller: unknown = Reflect.get(pending, "canceller");
  if (typeof canceller !== "function" || Reflect.get(pending, "active") !== true) return;
  Reflect.set(pending, "canceller", null);
  await canceller(pending);
}
