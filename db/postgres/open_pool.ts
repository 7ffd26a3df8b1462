import type {
  ConnectionPool,
  InstanceHealth,
  InstanceStatus,
  MigrationSource,
  MigrationStatus,
  MigrationStep,
  Querier,
  QueryOptions,
  ReaderOptions,
  Transaction,
  TxOptions,
  WalPosition,
} from "../db.ts";
import { checkHealth } from "./check_health.ts";
import { CoveringQuerier } from "./covering_querier.ts";
import { CoveringRoute } from "./covering_route.ts";
import { DriverQuerier } from "./driver_querier.ts";
import * as migrations from "./migrate.ts";
import { type Driver, openDriver } from "./open_driver.ts";
import type { PoolConfig } from "./pool_config.ts";
import { PositionSource } from "./position_source.ts";
import { readPosition } from "./read_position.ts";
import { ReaderRouter } from "./reader_router.ts";
import { Replica } from "./replica.ts";
import { RoutedQuerier } from "./routed_querier.ts";
import { runTransaction, type RunTransactionOptions } from "./run_transaction.ts";

/**
 * Opens the database: one primary and any number of replicas. It connects when a statement needs it, so it never
 * throws because a server is down.
 */
export function openPool(config: PoolConfig): ConnectionPool {
  return new PostgresPool(config);
}

/** How long disposing waits for what runs, in seconds, before connections are cut. */
const busyTimeout = 10;

/** The same where nothing runs: for the server to take note. A connection that was lost never answers. */
const idleTimeout = 0.5;

class PostgresPool implements ConnectionPool {
  readonly #config: PoolConfig;
  readonly #driver: Driver;
  readonly #querier: DriverQuerier;
  readonly #replicas: readonly Replica[];
  readonly #router: ReaderRouter;
  readonly #position: PositionSource;
  /** Whether the replicas are watched: from their first use on. */
  #watches = false;
  #transactions = 0;

  constructor(config: PoolConfig) {
    this.#config = config;
    this.#driver = openDriver(config.primary, config);
    this.#querier = new DriverQuerier(this.#driver);
    this.#replicas = config.replicas.map((replica, index) =>
      new Replica(`replica_${index}`, replica, { config, onChange: () => this.#router.refresh() })
    );
    const primary = { querier: this.#querier, inFlight: 0, fault: (): void => {} };
    const policy = config.readerPolicy ?? "least-loaded";
    this.#router = new ReaderRouter(primary, this.#replicas, { policy, random: Math.random });
    this.#position = new PositionSource((options) => readPosition(this.#querier, options));
  }

  writer(): Querier {
    return this.#querier;
  }

  reader(options?: ReaderOptions): Querier {
    if (this.#replicas.length === 0) return this.#querier;
    if (!this.#watches) this.#watch();
    const after = options?.after;
    if (after === undefined) return new RoutedQuerier(this.#router);
    const maxWaitMs = this.#config.consistencyMaxWaitMs ?? 50;
    return new CoveringQuerier(new CoveringRoute(this.#router, { after, maxWaitMs }));
  }

  position(options: QueryOptions = {}): Promise<WalPosition> {
    return this.#position.position(options);
  }

  withTx<T>(run: (tx: Transaction) => Promise<T>, options: TxOptions = {}): Promise<T> {
    return this.#transact(run, options);
  }

  withTimeoutTx<T>(
    timeoutMs: number,
    run: (tx: Transaction) => Promise<T>,
    options: TxOptions = {},
  ): Promise<T> {
    return this.#transact(run, { ...options, timeoutMs });
  }

  async health(options: QueryOptions = {}): Promise<readonly InstanceHealth[]> {
    const primary = { name: "primary", role: "primary", querier: this.#querier } as const;
    const timeoutMs = this.#config.healthTimeoutMs ?? 2_000;
    this.#watches = true;
    return await Promise.all([
      checkHealth(primary, { ...options, timeoutMs }),
      ...this.#replicas.map((replica) => replica.describe()),
    ]);
  }

  async status(options: QueryOptions = {}): Promise<readonly InstanceStatus[]> {
    const pool = { max: 0, open: 0, idle: 0, waiting: 0 };
    return (await this.health(options)).map((health) => ({ ...health, address: "", pool }));
  }

  migrate(sources: readonly MigrationSource[]): Promise<readonly string[]> {
    return migrations.migrate(this.#migrationTarget, sources);
  }

  undoMigrations(sources: readonly MigrationSource[], count: number): Promise<readonly string[]> {
    return migrations.undoMigrations(this.#migrationTarget, sources, count);
  }

  pendingMigrations(
    sources: readonly MigrationSource[],
    options: QueryOptions = {},
  ): Promise<readonly string[]> {
    return migrations.pendingMigrations(this.#querier, sources, options);
  }

  planMigrations(
    sources: readonly MigrationSource[],
    options: { readonly undo?: number } = {},
  ): Promise<readonly MigrationStep[]> {
    return migrations.planMigrations(this.#querier, sources, options);
  }

  migrationStatus(sources: readonly MigrationSource[]): Promise<readonly MigrationStatus[]> {
    return migrations.migrationStatus(this.#querier, sources);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.#driver.end({ timeout: timeoutFor(this.#querier.running + this.#transactions) }),
      ...this.#replicas.map((replica) => replica.end({ timeout: timeoutFor(replica.inFlight) })),
    ]);
  }

  get #migrationTarget(): migrations.MigrationTarget {
    return { querier: this.#querier, config: this.#config };
  }

  #watch(): void {
    this.#watches = true;
    for (const { health } of this.#replicas) health.first();
  }

  async #transact<T>(run: (tx: Transaction) => Promise<T>, options: RunTransactionOptions): Promise<T> {
    this.#transactions++;
    try {
      return await runTransaction(this.#driver, run, options);
    } finally {
      this.#transactions--;
    }
  }
}

function timeoutFor(running: number): number {
  return running > 0 ? busyTimeout : idleTimeout;
}
