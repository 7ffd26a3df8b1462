import type { ConnectionManager, Querier, QueryOptions, ReaderOptions, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { ResourceKey } from "./access_scope.ts";
import { changedError, notFoundError } from "./domain_error.ts";
import { meetsCondition, type VersionCondition, type Versioned } from "./entity_version.ts";

/** Version condition of a write, and its time. */
export interface WriteCondition {
  readonly condition: VersionCondition;
  readonly now: Timestamp;
}

/**
 * Repository of versioned resources. Every method runs on the querier that is passed to it, and treats deleted
 * resources and those outside the access scope as missing.
 */
export interface VersionedRepository<Entity extends Versioned, Input> {
  /** @throws {DomainError} if a unique value is taken, also by a resource of another owner. */
  insert(
    db: Querier,
    entity: Entity & { readonly owner: string | null },
    options?: QueryOptions,
  ): Promise<void>;
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Entity | undefined>;
  /**
   * Writes the input if the version meets the condition. Returns the resource with its new version; undefined if no
   * resource matches.
   *
   * @throws {DomainError} if a unique value is taken.
   */
  update(
    db: Querier,
    change: ResourceKey & WriteCondition & { readonly input: Input },
    options?: QueryOptions,
  ): Promise<Entity | undefined>;
  /** Marks the resource as deleted if the version meets the condition; false if no resource matches. */
  softDelete(db: Querier, deletion: ResourceKey & WriteCondition, options?: QueryOptions): Promise<boolean>;
}

/** Dependencies of {@link ConditionalWriter}. */
export interface ConditionalWriterDependencies<Entity extends Versioned, Input> {
  /** Name of the resource in its problem types, e.g. "profile". */
  readonly resource: string;
  readonly connections: ConnectionManager;
  readonly repository: VersionedRepository<Entity, Input>;
  /**
   * Runs each write in a transaction, for a repository that appends an event with it.
   *
   * @default no transaction, as a write is one statement
   */
  readonly transactions?: TxManager | undefined;
  /** Current time, with microseconds. */
  readonly now: () => Timestamp;
}

type ConditionOptions = QueryOptions & { readonly condition: VersionCondition };

/**
 * Reads and conditional writes of a resource. Each is one statement, or a read and one conditional write: the version in
 * the WHERE clause detects concurrent writers without an open transaction.
 */
export class ConditionalWriter<Entity extends Versioned, Input> {
  readonly #deps: ConditionalWriterDependencies<Entity, Input>;

  constructor(dependencies: ConditionalWriterDependencies<Entity, Input>) {
    this.#deps = dependencies;
  }

  /** @throws {DomainError} not found. */
  get(key: ResourceKey, options: QueryOptions & ReaderOptions = {}): Promise<Entity> {
    return this.#find(this.#deps.connections.reader(options), key, options);
  }

  /** @throws {DomainError} not found, changed, and what the repository throws. */
  async replace(key: ResourceKey, input: Input, options: ConditionOptions): Promise<Entity> {
    const { repository, now } = this.#deps;
    const change = { ...key, input, condition: options.condition, now: now() };
    return await this.#write((db) => repository.update(db, change, options), options) ??
      await this.#refuse(key, options);
  }

  /**
   * Changes a resource by a function of its current state. Without a version condition, a change that lost a race is
   * repeated on the new state. A change without a difference is not written, and keeps the version.
   *
   * @throws {DomainError} not found, changed, and what the repository and `change` throw.
   */
  async modify(
    key: ResourceKey,
    change: (current: Entity) => Input,
    options: ConditionOptions,
  ): Promise<Entity> {
    const { connections, repository, now } = this.#deps;
    while (true) {
      const current = await this.#find(connections.writer(), key, options);
      if (!meetsCondition(current.version, options.condition)) this.#changed(current);
      const input = change(current);
      if (isContained(input, current)) return current;
      const written = { ...key, input, condition: [current.version], now: now() };
      const changed = await this.#write((db) => repository.update(db, written, options), options);
      if (changed !== undefined) return changed;
      if (options.condition !== "any") return await this.#refuse(key, options);
    }
  }

  /** @throws {DomainError} not found, changed. */
  async delete(key: ResourceKey, options: ConditionOptions): Promise<void> {
    const { repository, now } = this.#deps;
    const deletion = { ...key, condition: options.condition, now: now() };
    if (!await this.#write((db) => repository.softDelete(db, deletion, options), options)) {
      await this.#refuse(key, options);
    }
  }

  #write<Result>(run: (db: Querier) => Promise<Result>, { signal }: QueryOptions): Promise<Result> {
    const { connections, transactions } = this.#deps;
    return transactions === undefined
      ? run(connections.writer())
      : transactions.withTx(run, { repeatable: true, ...(signal && { signal }) });
  }

  async #find(db: Querier, key: ResourceKey, options: QueryOptions): Promise<Entity> {
    const entity = await this.#deps.repository.find(db, key, options);
    if (entity === undefined) throw notFoundError(this.#deps.resource);
    return entity;
  }

  /** Throws the reason why a write matched no row: missing resource first, then stale version. */
  async #refuse(key: ResourceKey, options: QueryOptions): Promise<never> {
    return this.#changed(await this.#find(this.#deps.connections.writer(), key, options));
  }

  #changed({ version }: Entity): never {
    throw changedError(this.#deps.resource, version);
  }
}

/** Whether the entity already has the properties of the input. Structured values count as different. */
function isContained(input: unknown, entity: object): boolean {
  if (typeof input !== "object" || input === null) return false;
  return Object.entries(input).every(([name, value]) => Object.is(Reflect.get(entity, name), value));
}
