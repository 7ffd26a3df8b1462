import type {
  ConnectionPool,
  InstanceHealth,
  MigrationSource,
  MigrationStatus,
  MigrationStep,
  Querier,
  QueryOptions,
  TxOptions,
} from "../db.ts";
import { checkHealth } from "./check_health.ts";
import { DriverQuerier } from "./driver_querier.ts";
import * as migrations from "./migrate.ts";
import { type Driver, openDriver } from "./open_driver.ts";
import type { InstanceConfig, PoolConfig } from "./pool_config.ts";
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

interface Instance {
  readonly name: string;
  readonly role: "primary" | "replica";
  readonly driver: Driver;
  readonly querier: DriverQuerier;
}

class PostgresPool implements ConnectionPool {
  readonly #config: PoolConfig;
  readonly #primary: Instance;
  readonly #replicas: readonly Instance[];
  #turn = 0;
  #transactions = 0;

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
    return this.#transact(run, options);
  }

  withTimeoutTx<T>(timeoutMs: number, run: (tx: Querier) => Promise<T>, options: TxOptions = {}): Promise<T> {
    return this.#transact(run, { ...options, timeoutMs });
  }

  async health(options: QueryOptions = {}): Promise<readonly InstanceHealth[]> {
    const timeoutMs = this.#config.healthTimeoutMs ?? 2_000;
    return await Promise.all(
      [this.#primary, ...this.#replicas].map((instance) => checkHealth(instance, { ...options, timeoutMs })),
    );
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
    return migrations.pendingMigrations(this.#primary.querier, sources, options);
  }

  planMigrations(
    sources: readonly MigrationSource[],
    options: { readonly undo?: number } = {},
  ): Promise<readonly MigrationStep[]> {
    return migrations.planMigrations(this.#primary.querier, sources, options);
  }

  migrationStatus(sources: readonly MigrationSource[]): Promise<readonly MigrationStatus[]> {
    return migrations.migrationStatus(this.#primary.querier, sources);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#primary, ...this.#replicas].map(async ({ driver, querier }) => {
      const busy = querier.running > 0 || (driver === this.#primary.driver && this.#transactions > 0);
      await driver.end({ timeout: busy ? busyTimeout : idleTimeout });
    }));
  }

  get #migrationTarget(): migrations.MigrationTarget {
    return { querier: this.#primary.querier, config: this.#config };
  }

  async #transact<T>(run: (tx: Querier) => Promise<T>, options: RunTransactionOptions): Promise<T> {
    this.#transactions++;
    try {
      return await runTransaction(this.#primary.driver, run, options);
    } finally {
      this.#transactions--;
    }
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
