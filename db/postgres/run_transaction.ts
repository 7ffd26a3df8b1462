import type { QueryOptions, QueryParameter, QueryResult, Transaction as OpenTransaction } from "../db.ts";
import { DatabaseError } from "../errors.ts";
import { DriverQuerier } from "./driver_querier.ts";
import type { Driver } from "./open_driver.ts";
import { isConnectionLoss, isLeftover, toDatabaseError } from "./to_database_error.ts";

/** How a transaction is run. */
export interface RunTransactionOptions {
  /** Aborts it with code "cancelled". */
  readonly signal?: AbortSignal | undefined;
  /** Aborts it with code "timeout" after so many milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** How long an aborted transaction may take to roll back before its caller is told, in milliseconds. */
const rollbackGraceMs = 1_000;

/**
 * Runs `run` between BEGIN and COMMIT, or ROLLBACK when it throws. What it throws is thrown on unchanged, whatever
 * becomes of the ROLLBACK. A transaction in which a statement failed is rolled back even where `run` went on and
 * returned: the server would turn its COMMIT into a ROLLBACK.
 */
export async function runTransaction<T>(
  driver: Driver,
  run: (tx: OpenTransaction) => Promise<T>,
  options: RunTransactionOptions = {},
): Promise<T> {
  const transaction = new Transaction(options);
  try {
    return await Promise.race([transaction.run(driver, run), transaction.givenUp]);
  } finally {
    transaction.end();
  }
}

class Transaction implements OpenTransaction {
  /** Rejects some time after the transaction was aborted, for the case that its rollback does not end. */
  readonly givenUp: Promise<never>;
  readonly #abort = new AbortController();
  readonly #giveUp: (error: unknown) => void;
  readonly #options: RunTransactionOptions;
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  #querier: DriverQuerier | undefined;
  /** Settles when the statement before has: the driver gets one at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #failure: DatabaseError | undefined;
  #thrown: { readonly error: unknown } | undefined;
  /** What the caller sees is decided: no more statements. */
  #over = false;
  /** `run` has ended, and the driver was told how. */
  #settled = false;
  /** The connection went before `run` ended. */
  #lost = false;
  /** Resolves when `run` has ended, or is not waited for any more. */
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: RunTransactionOptions) {
    this.#options = options;
    const { promise, reject } = Promise.withResolvers<never>();
    this.givenUp = promise;
    this.givenUp.catch(() => undefined);
    this.#giveUp = reject;
    const { signal, timeoutMs } = options;
    if (timeoutMs !== undefined) {
      this.#timers.push(setTimeout(() => {
        this.#stop(new DatabaseError("timeout", "The transaction ran into its deadline"));
      }, timeoutMs));
    }
    if (signal?.aborted) this.#onSignal();
    else signal?.addEventListener("abort", this.#onSignal, { once: true });
  }

  async run<T>(driver: Driver, run: (tx: OpenTransaction) => Promise<T>): Promise<T> {
    try {
      this.#abort.signal.throwIfAborted();
      // The cell keeps the type: the driver's own would unwrap promises in arrays.
      const cell = await driver.begin(async (runner) => {
        this.#querier = new DriverQuerier(runner);
        return { value: await this.#inside(run) };
      });
      return cell.value;
    } catch (error) {
      if (this.#querier === undefined && isLeftover(error)) return await this.run(driver, run);
      if (this.#querier !== undefined && !this.#settled) await this.#lose(toDatabaseError(error));
      throw this.#thrown === undefined ? toDatabaseError(error) : this.#thrown.error;
    }
  }

  async query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    const turn = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await turn;
      return await this.#send<R>(text, parameters, options?.signal);
    } finally {
      resolve();
    }
  }

  savepoint<T>(_run: (tx: OpenTransaction) => Promise<T>): Promise<T> {
    throw new Error("Not yet");
  }

  end(): void {
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.signal?.removeEventListener("abort", this.#onSignal);
  }

  readonly #onSignal = (): void => {
    const cause = this.#options.signal?.reason;
    this.#stop(new DatabaseError("cancelled", "The transaction was cancelled", { cause }));
  };

  #stop(error: DatabaseError): void {
    if (this.#over || this.#abort.signal.aborted) return;
    this.#abort.abort(error);
    // Before BEGIN there is nothing to wait for.
    const grace = this.#querier === undefined ? 0 : rollbackGraceMs;
    this.#timers.push(setTimeout(() => this.#giveUp(error), grace));
  }

  async #send<R extends object>(
    text: string,
    parameters: readonly QueryParameter[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<QueryResult<R>> {
    if (this.#over || this.#querier === undefined) {
      throw new DatabaseError("internal", "A transaction was used after its end");
    }
    if (this.#failure !== undefined) throw this.#failure;
    const whole = this.#abortSignal;
    const either = signal && whole ? AbortSignal.any([signal, whole]) : signal ?? whole;
    try {
      return await this.#querier.query<R>(text, parameters, either ? { signal: either } : {});
    } catch (error) {
      this.#failure ??= this.#reason ?? toDatabaseError(error);
      throw this.#failure;
    }
  }

  /** Only where the transaction can be aborted at all: a signal costs a little on every statement. */
  get #abortSignal(): AbortSignal | undefined {
    const { signal, timeoutMs } = this.#options;
    return signal === undefined && timeoutMs === undefined ? undefined : this.#abort.signal;
  }

  get #reason(): DatabaseError | undefined {
    const reason: unknown = this.#abort.signal.reason;
    return reason instanceof DatabaseError ? reason : undefined;
  }

  /** What the driver waits for between BEGIN and COMMIT. It rolls back when this rejects. */
  async #inside<T>(run: (tx: OpenTransaction) => Promise<T>): Promise<T> {
    try {
      this.#abort.signal.throwIfAborted();
      const value = await Promise.race([run(this), aborted(this.#abortSignal)]);
      if (this.#failure !== undefined) throw this.#failure;
      this.#ended.resolve();
      await this.#settle();
      return value;
    } catch (error) {
      this.#thrown = { error };
      this.#ended.resolve();
      // The connection is gone, and the driver would crash the process by a ROLLBACK on it: it never hears of this.
      if (this.#failure !== undefined && isConnectionLoss(this.#failure)) return await this.#leave(error);
      await this.#settle();
      throw error;
    }
  }

  /** Waits for what still runs, so that a late cancel request meets nothing else. */
  async #settle(): Promise<void> {
    await this.#last;
    await this.#querier?.idle;
    // A lost connection may already serve somebody else, so nothing more is sent on it.
    if (this.#lost) await new Promise<never>(() => {});
    this.#settled = true;
    this.#over = true;
  }

  /** The driver tells at once that the connection is gone; `run` finds out with its next statement. */
  async #lose(error: DatabaseError): Promise<void> {
    this.#lost = true;
    this.#failure ??= error;
    await this.#ended.promise;
  }

  async #leave(error: unknown): Promise<never> {
    this.#giveUp(error);
    return await new Promise<never>(() => {});
  }
}

async function aborted(signal: AbortSignal | undefined): Promise<never> {
  return await new Promise<never>((_, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
