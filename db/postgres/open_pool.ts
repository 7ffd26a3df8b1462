import { AsyncLocalStorage } from "node:async_hooks";
import type {
  CheckIdleOptions,
  ConnectionPool,
  InstanceHealth,
  InstanceLoad,
  InstanceStatus,
  ListenOptions,
  MigrateOptions,
  MigrationObserver,
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
import { DatabaseError } from "../errors.ts";
import { CoveringRoute } from "./replica/covering_route.ts";
import * as migrations from "./migration/migrate.ts";
import { Listener } from "./notification/listener.ts";
import { NotificationHub } from "./notification/notification_hub.ts";
import type { PoolConfig } from "./pool_config.ts";
import { checkPrimary } from "./primary/check_primary.ts";
import { Primary } from "./primary/primary.ts";
import type { PrimaryCandidate } from "./primary/primary_candidate.ts";
import { readDatabaseBytes } from "./read_database_bytes.ts";
import { PositionSource, readPosition } from "./primary/position_source.ts";
import { PreparedQuerier } from "./replica/prepared_querier.ts";
import { ReaderRouter } from "./replica/reader_router.ts";
import { Replica } from "./replica/replica.ts";
import { RoutedQuerier } from "./replica/routed_querier.ts";
import { WritePositions } from "./primary/write_positions.ts";

/**
 * Opens a pool of one primary and any number of replicas. It connects on demand, so it never throws because a server is
 * down.
 */
export function openPool(config: PoolConfig): ConnectionPool {
  return new PostgresPool(config);
}

/** Position on no timeline, which no replica covers, so that reads after it run on the primary. */
const UNKNOWN_POSITION: WalPosition = { timeline: 0, lsn: 0n };

class PostgresPool implements ConnectionPool {
  readonly #config: PoolConfig;
  readonly #primary: Primary;
  readonly #replicas: readonly Replica[];
  readonly #router: ReaderRouter;
  /** Undefined if no position is read. */
  readonly #position: PositionSource | undefined;
  readonly #writes: WritePositions | undefined;
  readonly #notifications = new NotificationHub();
  readonly #listeners = new Set<Listener>();
  /** Set inside the function of a transaction. */
  readonly #inside = new AsyncLocalStorage<{ over: boolean }>();
  /** Whether the replicas are probed, which starts with their first use. */
  #watches = false;

  constructor(original: PoolConfig) {
    const config = { ...original, onNotification: (channel: string) => this.#notifications.notify(channel) };
    this.#config = config;
    const readsPosition = config.readsPosition ?? config.replicas.length > 0;
    this.#position = readsPosition
      ? new PositionSource((options) => readPosition(this.writer(), options))
      : undefined;
    // The next statement may run in another session of a pooler, before the commit of this one.
    this.#writes = readsPosition && config.pooler !== "transaction" ? new WritePositions() : undefined;
    this.#primary = new Primary(config, this.#writes);
    this.#replicas = config.replicas.map((replica, index) =>
      new Replica(`replica_${index}`, replica, {
        config,
        onChange: () => this.#router.refresh(),
        primaryStart: () => this.#primary.serverStart,
      })
    );
    const policy = config.readerPolicy ?? "least-loaded";
    this.#router = new ReaderRouter(this.#primary.reads, this.#replicas, { policy, random: Math.random });
  }

  writer(): Querier {
    const { querier } = this.#primary.writes;
    return this.#isInside ? querier.apart : querier;
  }

  reader({ after, waitForReplicas = false }: ReaderOptions = {}): Querier {
    if (this.#replicas.length === 0) return this.#primary.reads.querier;
    if (!this.#watches) this.#watch();
    const maxWaitMs = this.#config.consistencyMaxWaitMs ?? 50;
    const covering = after === undefined ? undefined : new CoveringRoute(this.#router, { after, maxWaitMs });
    if (covering === undefined && !waitForReplicas) return new RoutedQuerier(this.#router);
    return new PreparedQuerier(covering ?? this.#router, async (options) => {
      if (waitForReplicas) await this.#router.probed(options);
      await covering?.prepare(options);
    });
  }

  position(options: QueryOptions = {}): Promise<WalPosition> {
    if (this.#position === undefined) return Promise.resolve(UNKNOWN_POSITION);
    const known = this.#writes?.find(options.signal);
    return known === undefined ? this.#position.position(options) : Promise.resolve(known);
  }

  async checkIdle(options: CheckIdleOptions): Promise<void> {
    await Promise.all([this.#primary, ...this.#replicas].map((server) => server.checkIdle(options)));
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

  listen(channel: string, options: ListenOptions): AsyncDisposable {
    if (!/^[a-z0-9_]+$/.test(channel)) {
      throw new DatabaseError(
        "internal",
        "The name of a channel consists of lower-case letters, digits and underscores",
      );
    }
    const { pooler, replicaProbeTimeoutMs } = this.#config;
    const listener = new Listener(channel, {
      ...options,
      hub: this.#notifications,
      connect: pooler === "transaction" ? undefined : () => this.#primary.open(),
      isCurrent: (connection) => this.#primary.isCurrent(connection),
      timeoutMs: replicaProbeTimeoutMs ?? 2_000,
      onEnd: () => this.#listeners.delete(listener),
    });
    this.#listeners.add(listener);
    return listener;
  }

  async health(): Promise<readonly InstanceHealth[]> {
    this.#watches = true;
    const [primary, ...replicas] = await Promise.all([
      checkPrimary(this.#primary.candidates, { serves: () => this.#primary.serves() }),
      ...this.#replicas.map((replica) => replica.describe()),
    ]);
    return [...primary, ...replicas];
  }

  async status(): Promise<readonly InstanceStatus[]> {
    const { candidates } = this.#primary;
    const servers = [this.#primary, ...(candidates.length === 1 ? [] : candidates), ...this.#replicas];
    const health = await this.health();
    return await Promise.all(servers.flatMap((server, index) => {
      return health.slice(index, index + 1).map((each) => this.#describe(each, server));
    }));
  }

  async #describe(
    health: InstanceHealth,
    server: Primary | PrimaryCandidate | Replica,
  ): Promise<InstanceStatus> {
    const { address, querier, status: pool } = server;
    const lagMs = "lagMs" in server ? server.lagMs : undefined;
    // An unreachable server is not queried again.
    const isReachable = health.healthy || lagMs !== undefined;
    const timeoutMs = this.#config.replicaProbeTimeoutMs ?? 2_000;
    const databaseBytes = isReachable ? await readDatabaseBytes(querier, { timeoutMs }) : undefined;
    return {
      ...health,
      address,
      pool,
      ...(lagMs === undefined ? {} : { lagMs }),
      ...(databaseBytes === undefined ? {} : { databaseBytes }),
    };
  }

  load(): readonly InstanceLoad[] {
    return [
      { name: "primary", pool: this.#primary.status },
      ...this.#replicas.map(({ name, status, lagMs }) => ({
        name,
        pool: status,
        ...(lagMs === undefined ? {} : { lagMs }),
      })),
    ];
  }

  migrate(sources: readonly MigrationSource[], options?: MigrateOptions): Promise<readonly string[]> {
    return migrations.migrate(this.#migrationTarget, sources, options);
  }

  revertMigrations(
    sources: readonly MigrationSource[],
    count: number,
    observer?: MigrationObserver,
  ): Promise<readonly string[]> {
    return migrations.revertMigrations(this.#migrationTarget, sources, { count, observer });
  }

  pendingMigrations(sources: readonly MigrationSource[]): Promise<readonly string[]> {
    return this.#primary.find((server) => migrations.pendingMigrations(server, sources));
  }

  planMigrations(
    sources: readonly MigrationSource[],
    options: { readonly revert?: number } = {},
  ): Promise<readonly MigrationStep[]> {
    return migrations.planMigrations(this.writer(), sources, options);
  }

  migrationStatus(sources: readonly MigrationSource[]): Promise<readonly MigrationStatus[]> {
    return migrations.migrationStatus(this.writer(), sources);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener[Symbol.asyncDispose]()));
    await Promise.all([this.#primary.end(), ...this.#replicas.map((replica) => replica.end())]);
  }

  get #migrationTarget(): migrations.MigrationTarget {
    const { migrationLockTimeoutMs = 2_000, migrationLockAttempts = 30 } = this.#config;
    return {
      querier: this.writer(),
      connect: () => this.#primary.open(),
      lock: this.#config.lockMigrations,
      locks: { timeoutMs: migrationLockTimeoutMs, attempts: migrationLockAttempts },
    };
  }

  /** Whether the caller runs in the function of a transaction. */
  get #isInside(): boolean {
    return this.#inside.getStore()?.over === false;
  }

  #watch(): void {
    this.#watches = true;
    for (const { health } of this.#replicas) health.first();
  }

  async #transact<T>(
    run: (tx: Transaction) => Promise<T>,
    options: TxOptions & { readonly timeoutMs?: number },
  ): Promise<T> {
    if (this.#isInside) {
      throw new DatabaseError(
        "internal",
        "Transactions cannot be nested: use a savepoint",
      );
    }
    const state = { over: false };
    try {
      return await this.#inside.run(state, () => this.#primary.transact(run, options));
    } finally {
      state.over = true;
    }
  }
}
