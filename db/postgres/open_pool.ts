import type {
  ConnectionPool,
  InstanceHealth,
  MigrationSource,
  Querier,
  QueryOptions,
  TxOptions,
} from "../db.ts";
import { checkHealth } from "./check_health.ts";
import { DriverQuerier } from "./driver_querier.ts";
import { migrate, pendingMigrations } from "./migrate.ts";
import { type Driver, openDriver } from "./open_driver.ts";
import type { InstanceConfig, PoolConfig } from "./pool_config.ts";
import { runTransaction } from "./run_transaction.ts";

/**
 * Opens the database: one primary and any number of replicas. It connects when a statement needs it, so it never
 * throws because a server is down.
 */
export function openPool(config: PoolConfig): ConnectionPool {
  return new PostgresPool(config);
}

/** How long disposing waits for what runs, in seconds, before connections are cut. */
const endTimeout = 10;

interface Instance {
  readonly name: string;
  readonly role: "primary" | "replica";
  readonly driver: Driver;
  readonly querier: Querier;
}

class PostgresPool implements ConnectionPool {
  readonly #config: PoolConfig;
  readonly #primary: Instance;
  readonly #replicas: readonly Instance[];
  #turn = 0;

  constructor(config: PoolConfig) {
    this.#config = config;
    this.#primary = openInstance(config, "primary", config.primary);
    this.#replicas = config.replicas.map((replica, index) =>
      openInstance(config, `replica_${index}`, replica)
    );
  }

  writer(): Querier {
    return this.#primary.querier;
  }

  reader(): Querier {
    const { length } = this.#replicas;
    if (length === 0) return this.#primary.querier;
    this.#turn = (this.#turn + 1) % length;
    return (this.#replicas[this.#turn] ?? this.#primary).querier;
  }

  withTx<T>(run: (tx: Querier) => Promise<T>, options: TxOptions = {}): Promise<T> {
    return runTransaction(this.#primary.driver, run, options);
  }

  withTimeoutTx<T>(timeoutMs: number, run: (tx: Querier) => Promise<T>, options: TxOptions = {}): Promise<T> {
    return runTransaction(this.#primary.driver, run, { ...options, timeoutMs });
  }

  async health(options: QueryOptions = {}): Promise<readonly InstanceHealth[]> {
    const timeoutMs = this.#config.healthTimeoutMs ?? 2_000;
    return await Promise.all(
      [this.#primary, ...this.#replicas].map((instance) => checkHealth(instance, { ...options, timeoutMs })),
    );
  }

  migrate(sources: readonly MigrationSource[]): Promise<readonly string[]> {
    return migrate(this.#primary.driver, sources);
  }

  pendingMigrations(sources: readonly MigrationSource[]): Promise<readonly string[]> {
    return pendingMigrations(this.#primary.querier, sources);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [this.#primary, ...this.#replicas].map(({ driver }) => driver.end({ timeout: endTimeout })),
    );
  }
}

function openInstance(config: PoolConfig, name: string, instance: InstanceConfig): Instance {
  const driver = openDriver(instance, config);
  return {
    name,
    role: name === "primary" ? "primary" : "replica",
    driver,
    querier: new DriverQuerier(driver),
  };
}
