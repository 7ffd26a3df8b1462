import type { PoolStatus, Querier, Transaction, TxOptions } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { Connection } from "../connection/connection.ts";
import { InstanceConnections } from "../connection/instance_connections.ts";
import { closingTimeout } from "../connection/closing_timeout.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";
import { PrimaryCandidate } from "./primary_candidate.ts";
import { PrimaryFinder } from "./primary_finder.ts";
import type { ReadTarget } from "../replica/reader_router.ts";
import { RepeatingReader } from "../connection/pool_querier.ts";
import { repeatTransaction } from "../transaction/repeat_transaction.ts";
import { runObserved } from "../transaction/run_observed.ts";
import { runTransaction } from "../transaction/run_transaction.ts";
import { TransactionDeadline } from "../transaction/transaction_deadline.ts";

/** The server that accepts writes: the one that is configured, or whichever of several it is now. */
export class Primary {
  readonly #config: PoolConfig;
  readonly #connections: InstanceConnections;
  readonly #hosts: readonly [InstanceConfig, ...InstanceConfig[]];
  /** The servers that it may be, each with a connection that asks it. */
  readonly candidates: readonly PrimaryCandidate[];
  readonly #finder: PrimaryFinder | undefined;
  /** Where statements are sent, each of them once. */
  readonly writes: { readonly querier: Querier };
  /** Where reads are sent. */
  readonly reads: ReadTarget;

  constructor(config: PoolConfig) {
    this.#config = config;
    const [first, ...others] = primaryHosts(config);
    this.#hosts = [first, ...others];
    this.candidates = this.#hosts.map((instance) => new PrimaryCandidate(instance, config));
    if (others.length > 0) {
      this.#finder = new PrimaryFinder(this.candidates, { config, onMoved: () => this.#connections.cut() });
    }
    this.#connections = new InstanceConnections({
      config,
      watch: config.observer && { observer: config.observer, instance: "primary" },
      max: first.maxConnections,
      open: () => this.#finder?.open() ?? Connection.open(first, { config, readOnly: false }),
      mustWrite: true,
    });
    this.writes = this.#connections;
    this.reads = { inFlight: 0, querier: new RepeatingReader(this.#connections), fault: (): void => {} };
  }

  /** Runs each statement once. */
  get querier(): Querier {
    return this.#connections.querier;
  }

  get status(): PoolStatus {
    return this.#connections.status;
  }

  /** Where it is reached: now, where there are several hosts. */
  get address(): string {
    const hosts = this.#finder?.current === undefined ? this.#hosts : [this.#finder.current];
    return hosts.map(({ host, port }) => `${host}:${port}`).join(",");
  }

  /** The primary is what others are behind of. */
  get lagMs(): undefined {
    return undefined;
  }

  /** Finds out something on the connection that asks it how it is: however busy the others are. */
  find<T>(ask: (server: Querier) => Promise<T>): Promise<T> {
    const current = this.#finder === undefined ? this.#hosts[0] : this.#finder.current;
    const candidate = this.candidates.find(({ instance }) => instance === current);
    return candidate === undefined ? ask(this.querier) : candidate.find(ask);
  }

  /** A connection outside the pool, without deadlines. */
  async open(): Promise<Connection> {
    const config = { ...this.#config, statementTimeoutMs: 0, transactionTimeoutMs: 0, lifetimeMs: 0 };
    const [first] = this.#hosts;
    return await Connection.open(await this.#finder?.find() ?? first, { config, readOnly: false });
  }

  /** Whether a connection leads to the server that is the primary as far as it is known. */
  isCurrent({ instance }: Connection): boolean {
    const current = this.#finder?.current;
    return current === undefined || current === instance;
  }

  /** Runs a transaction; see `TxManager`. Absent a timeout, the one of the configuration holds. */
  async transact<T>(
    run: (tx: Transaction) => Promise<T>,
    { timeoutMs, ...options }: TxOptions & { readonly timeoutMs?: number },
  ): Promise<T> {
    using deadline = new TransactionDeadline({
      timeoutMs: timeoutMs ?? this.#config.transactionTimeoutMs ?? 60_000,
      signal: options.signal,
    });
    const runOnce = async (): Promise<T> => {
      const connections = this.#connections.current;
      try {
        const how = {
          ...options,
          deadline,
          statementTimeoutMs: this.#config.statementTimeoutMs ?? 30_000,
          tellsDeadline: timeoutMs !== undefined,
          isPooled: this.#config.pooler === "transaction",
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

  /** Closes its connections, after what runs has ended. */
  async end(): Promise<void> {
    await this.#connections.end({ timeout: closingTimeout(this.#connections.current.isBusy) });
    this.#finder?.[Symbol.dispose]();
    await Promise.all(this.candidates.map((candidate) => candidate.end()));
  }
}

/** The servers that may be the primary. */
function primaryHosts({ primary }: PoolConfig): readonly [InstanceConfig, ...InstanceConfig[]] {
  return "host" in primary ? [primary] : primary;
}
