import type { ConnectionManager, Querier, QueryOptions, ReaderOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { ResourceKey } from "./access_scope.ts";
import { changedError, notFoundError } from "./domain_error.ts";
import { meetsCondition, type VersionCondition, type Versioned } from "./entity_version.ts";

/** The conditions under which a write is done, and its time. */
export interface WriteCondition {
  readonly condition: VersionCondition;
  readonly now: Timestamp;
}

/**
 * Stores versioned resources. Every method runs on the querier it is passed. Deleted resources and those outside the
 * access scope do not exist for it.
 */
export interface VersionedRepository<Entity extends Versioned, Input> {
  /** @throws {DomainError} if a unique value is taken, whoever owns the other resource. */
  insert(
    db: Querier,
    entity: Entity & { readonly owner: string | null },
    options?: QueryOptions,
  ): Promise<void>;
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Entity | undefined>;
  /**
   * Writes the input if the version meets the condition, and returns the resource with its next version; undefined if
   * there is none with such a version.
   *
   * @throws {DomainError} if a unique value is taken.
   */
  update(
    db: Querier,
    change: ResourceKey & WriteCondition & { readonly input: Input },
    options?: QueryOptions,
  ): Promise<Entity | undefined>;
  /** Marks the resource as deleted under the same condition; false if there was none. */
  softDelete(db: Querier, deletion: ResourceKey & WriteCondition, options?: QueryOptions): Promise<boolean>;
}

/** What conditional writes need. */
export interface ConditionalWriterDependencies<Entity extends Versioned, Input> {
  /** Name of the resource in its problem types, e.g. "profile". */
  readonly resource: string;
  readonly connections: ConnectionManager;
  readonly repository: VersionedRepository<Entity, Input>;
  /** Current time, with microseconds. */
  readonly now: () => Timestamp;
}

type ConditionOptions = QueryOptions & { readonly condition: VersionCondition };

/**
 * Reads and conditional writes of a resource. Each is one statement, or a read and one conditional write, so that no
 * transaction is held open: the version in the WHERE clause keeps concurrent writers apart.
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
    const { connections, repository, now } = this.#deps;
    const change = { ...key, input, condition: options.condition, now: now() };
    return await repository.update(connections.writer(), change, options) ??
      await this.#refuse(key, options);
  }

  /**
   * Changes a resource by a function of what it is now. Without a condition on the version, a change that another
   * writer overtook is repeated on what that writer left.
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
      const changed = await repository.update(
        connections.writer(),
        { ...key, input: change(current), condition: [current.version], now: now() },
        options,
      );
      if (changed !== undefined) return changed;
      if (options.condition !== "any") return await this.#refuse(key, options);
    }
  }

  /** @throws {DomainError} not found, changed. */
  async delete(key: ResourceKey, options: ConditionOptions): Promise<void> {
    const { connections, repository, now } = this.#deps;
    const deletion = { ...key, condition: options.condition, now: now() };
    if (!await repository.softDelete(connections.writer(), deletion, options)) {
      await this.#refuse(key, options);
    }
  }

  async #find(db: Querier, key: ResourceKey, options: QueryOptions): Promise<Entity> {
    const entity = await this.#deps.repository.find(db, key, options);
    if (entity === undefined) throw notFoundError(this.#deps.resource);
    return entity;
  }

  /** Explains why a conditional write found no row: a missing resource comes before a stale version. */
  async #refuse(key: ResourceKey, options: QueryOptions): Promise<never> {
    return this.#changed(await this.#find(this.#deps.connections.writer(), key, options));
  }

  #changed({ version }: Entity): never {
    throw changedError(this.#deps.resource, version);
  }
}
