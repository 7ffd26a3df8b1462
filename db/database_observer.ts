/** The server that something was sent to. */
export interface ObservedServer {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** How something ended. */
export interface ObservedOutcome {
  /** Rows returned or changed; absent for transactions, and where it failed. */
  readonly rows?: number;
  /** What it failed with: a `DatabaseError`, or what a transaction's function threw. */
  readonly error?: unknown;
}

/** Follows one statement, or one transaction. */
export interface Observation {
  /** It has a connection; until then it waited for one. Not called where it never got one. */
  connected(server: ObservedServer): void;
  /** It ended; called once. */
  ended(outcome: ObservedOutcome): void;
}

/** What is known of a statement besides its text. */
export interface StatementOptions {
  /** Whether it has its connection already, which is that of its transaction. */
  readonly inTransaction: boolean;
}

/**
 * Watches what is sent to the database, without knowing what a statement was given: values never come this way. Called
 * in the async context of whoever sends it. It must not throw.
 */
export interface DatabaseObserver {
  /**
   * A statement begins, in a transaction or outside of one. Undefined: this one is not followed.
   *
   * @param text As it is prepared, with `$1` where values go.
   * @param instance As the configuration names the server: "primary", "replica_0", …
   */
  statement(text: string, instance: string, options?: StatementOptions): Observation | undefined;
  /** A transaction begins; `run` is all of it, from waiting for a connection to COMMIT, and is to be called once. */
  transaction<T>(instance: string, run: (observation: Observation) => Promise<T>): Promise<T>;
}
