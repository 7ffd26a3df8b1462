/** Server that a statement or transaction was sent to. */
export interface ObservedServer {
  /** Name, address, or directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** Outcome of a statement or transaction. */
export interface ObservedOutcome {
  /** Rows returned or changed; absent for transactions and on failure. */
  readonly rows?: number;
  /** The `DatabaseError` it failed with, or what the function of a transaction threw. */
  readonly error?: unknown;
}

/** Observation of one statement or transaction. */
export interface Observation {
  /** Called when it has acquired a connection; not called if it never does. */
  connected(server: ObservedServer): void;
  /** Called once, at its end. */
  ended(outcome: ObservedOutcome): void;
}

/** Observation of a statement or transaction that is not recorded. */
export const UNOBSERVED: Observation = { connected(): void {}, ended(): void {} };

/** Properties of a statement besides its text. */
export interface StatementOptions {
  /** Whether it runs on the connection of a transaction. */
  readonly inTransaction: boolean;
}

/**
 * Observes statements and transactions, but never parameter values. Called in the async context of the sender. It must
 * not throw.
 */
export interface DatabaseObserver {
  /**
   * Called at the start of a statement, inside or outside of a transaction.
   *
   * @param text Text as it is prepared, with `$1` for values.
   * @param instance Name of the server in the configuration: "primary", "replica_0", …
   * @returns The observation of the statement; undefined if it is not observed.
   */
  statement(text: string, instance: string, options?: StatementOptions): Observation | undefined;
  /**
   * Called at the start of a transaction. `run` covers all of it, from waiting for a connection to COMMIT, and must be
   * called once.
   */
  transaction<T>(instance: string, run: (observation: Observation) => Promise<T>): Promise<T>;
}
