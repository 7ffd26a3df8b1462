import type { CheckIdleOptions, PoolStatus, Querier, Transaction, TxOptions } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import { openConnection } from "../connection/open_connection.ts";
import { InstanceConnections } from "../connection/instance_connections.ts";
import { closingTimeout } from "../connection/closing_timeout.ts";
import { TOO_MANY_CONNECTIONS } from "../connection/query_with_timeout.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";
import { PrimaryCandidate } from "./primary_candidate.ts";
import { PrimaryFinder } from "./primary_finder.ts";
import type { ReadTarget } from "../replica/reader_router.ts";
import { SharedTimer } from "../connection/shared_timer.ts";
import { type PoolQuerier, RetryingReader } from "../connection/pool_querier.ts";
import { repeatTransaction } from "../transaction/repeat_transaction.ts";
import { runObserved } from "../transaction/run_observed.ts";
import { runTransaction } from "../transaction/run_transaction.ts";
import type { WritePositions } from "./write_positions.ts";
import { TransactionDeadline } from "../transaction/transaction_deadline.ts";

/** Server that accepts writes: the configured one, or the current primary among several. */
export class Primary {
  readonly #config: PoolConfig;
  readonly #positions: WritePositions | undefined;
  readonly #connections: InstanceConnections;
  readonly #hosts: readonly [InstanceConfig, ...InstanceConfig[]];
  /** Candidates, each with a connection for probes. */
  readonly candidates: readonly PrimaryCandidate[];
  readonly #finder: PrimaryFinder | undefined;
  /** Deadlines of transactions. */
  readonly #deadlines = new SharedTimer();
  #serverStart: string | undefined;
  /** Target of statements, which are sent once. */
  readonly writes: { readonly querier: PoolQuerier };
  /** Target of reads. */
  readonly reads: ReadTarget;

  /** @param positions Positions behind its writes; not read if absent. */
  constructor(config: PoolConfig, positions: WritePositions | undefined) {
    this.#config = config;
    this.#positions = positions;
    const [first, ...others] = primaryHosts(config);
    this.#hosts = [first, ...others];
    this.candidates = this.#hosts.map((instance) =>
      new PrimaryCandidate(instance, config, (reconnected) => this.#dropLost(reconnected))
    );
    if (others.length > 0) {
      this.#finder = new PrimaryFinder(this.candidates, { config, onMoved: () => this.#connections.cut() });
    }
    this.#connections = new InstanceConnections({
      config,
      watch: config.observer && { observer: config.observer, instance: "primary" },
      followers: positions,
      max: first.maxConnections,
      open: async (signal) => {
        const opening = this.#finder?.open(signal) ??
          openConnection(first, { config, readOnly: false, signal });
        const connection = await opening;
        this.#serverStart = connection.session?.serverStart;
        return connection;
      },
      mustWrite: true,
      probe: () => this.#candidate,
    });
    this.writes = this.#connections;
    this.reads = {
      inFlight: 0,
      querier: new RetryingReader(this.#connections),
      reportFailure: (): void => {},
    };
  }

  /** Querier that sends each statement once. */
  get querier(): Querier {
    return this.#connections.querier;
  }

  get status(): PoolStatus {
    return this.#connections.status;
  }

  /** Current address if known, otherwise the addresses of all hosts. */
  get address(): string {
    const hosts = this.#finder?.current === undefined ? this.#hosts : [this.#finder.current];
    return hosts.map(({ host, port }) => `${host}:${port}`).join(",");
  }

  /** Undefined, since lag is relative to the primary. */
  get lagMs(): undefined {
    return undefined;
  }

  /** Runs a query on the probe connection, independent of the load on the others, or on those if it has none. */
  async find<T>(run: (server: Querier) => Promise<T>): Promise<T> {
    const candidate = this.#candidate;
    if (candidate === undefined) return await run(this.querier);
    try {
      return await candidate.find(run);
    } catch (error) {
      if (toDatabaseError(error).sqlState !== TOO_MANY_CONNECTIONS) throw error;
      return await run(this.querier);
    }
  }

  /** Start of the server that writes go to, as of the last connection; undefined if unknown. */
  get serverStart(): string | undefined {
    return this.#serverStart;
  }

  /** Current primary, as far as known. */
  get #candidate(): PrimaryCandidate | undefined {
    const current = this.#finder === undefined ? this.#hosts[0] : this.#finder.current;
    return this.candidates.find(({ instance }) => instance === current);
  }

  async #dropLost(reconnected: PrimaryCandidate): Promise<void> {
    if (reconnected === this.#candidate) await this.#connections.dropLost();
  }

  /** Whether the connections of the pool take a statement in time. Never rejects. */
  serves(): Promise<boolean> {
    const signal = AbortSignal.timeout(this.#config.replicaProbeTimeoutMs ?? 2_000);
    return this.querier.query("SELECT 1", [], { signal }).then(() => true, () => false);
  }

  /** Closes idle connections that do not respond in time; see `ConnectionPool`. */
  async checkIdle(options: CheckIdleOptions): Promise<void> {
    await Promise.all([this.#connections, ...this.candidates].map((each) => each.checkIdle(options)));
  }

  /** Opens a connection outside of the pool, without timeouts. */
  async open(): Promise<Connection> {
    const config = { ...this.#config, statementTimeoutMs: 0, transactionTimeoutMs: 0, lifetimeMs: 0 };
    const [first] = this.#hosts;
    return await openConnection(await this.#finder?.find() ?? first, { config, readOnly: false });
  }

  /** Whether a connection leads to the current primary, as far as known. */
  isCurrent({ instance }: Connection): boolean {
    const current = this.#finder?.current;
    return current === undefined || current === instance;
  }

  /** Runs a transaction; see `TxManager`. The configured timeout applies if none is passed. */
  async transact<T>(
    run: (tx: Transaction) => Promise<T>,
    { timeoutMs, ...options }: TxOptions & { readonly timeoutMs?: number },
  ): Promise<T> {
    using deadline = new TransactionDeadline({
      timeoutMs: timeoutMs ?? this.#config.transactionTimeoutMs ?? 60_000,
      signal: options.signal,
      timer: this.#deadlines,
    });
    const runOnce = async (): Promise<T> => {
      const connections = this.#connections.current;
      try {
        const how = {
          ...options,
          deadline,
          statementTimeoutMs: this.#config.statementTimeoutMs ?? 30_000,
          setsServerDeadline: timeoutMs !== undefined,
          isPooled: this.#config.pooler === "transaction",
          followers: this.#positions,
        };
        const { observer } = this.#config;
        return observer === undefined
          ? await runTransaction(connections, run, how)
          : await runObserved(connections, run, { ...how, observer, instance: "primary" });
      } catch (error) {
        const refused = error instanceof DatabaseError && error.sqlState === "25006";
        if (refused && options.readOnly !== true) this.#connections.refusedWrite(connections);
        throw error;
      }
    };
    return options.repeatable === true
      ? await repeatTransaction(runOnce, { deadline, random: Math.random })
      : await runOnce();
  }

  /** Closes its connections after running work has ended. */
  async end(): Promise<void> {
    await this.#connections.end({ timeout: closingTimeout(this.#connections.current.isBusy) });
    this.#finder?.[Symbol.dispose]();
    this.#deadlines[Symbol.dispose]();
    await Promise.all(this.candidates.map((candidate) => candidate.end()));
  }
}

/** Returns the servers that may be the primary. */
function primaryHosts({ primary }: PoolConfig): readonly [InstanceConfig, ...InstanceConfig[]] {
  return "host" in primary ? [primary] : primary;
}
