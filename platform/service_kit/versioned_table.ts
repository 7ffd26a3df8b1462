import type { Querier, QueryOptions, QueryParameter } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { AccessScope, ResourceKey, ResourceKeys } from "./access_scope.ts";
import { actorOf, type AuditEntry, type AuditTrail, type StatementOf } from "./audit_trail.ts";
import type { VersionedRepository, WriteCondition } from "./conditional_writer.ts";
import { DomainError } from "./domain_error.ts";
import { assignErasure, type Erasure } from "./erase_deleted.ts";
import type { VersionCondition, Versioned } from "./entity_version.ts";
import { andOwned, type ScopedStatement, scopedStatement, statementFor } from "./scoped_statement.ts";
import { columnName, selectList } from "./select_list.ts";

/** Table of versioned resources. In addition to the entity's columns it has `owner` and `deleted_at`. */
export interface VersionedTableOptions<Entity, Input, Json extends string = never> {
  readonly name: string;
  /** Properties of the entity, stored in columns of the same names in snake case. */
  readonly columns: readonly (keyof Entity & string)[];
  /**
   * Column by which clients address a resource, instead of its id.
   *
   * @default {"id"}
   */
  readonly key?: string;
  /**
   * Properties that are stored as JSON.
   *
   * @default {[]}
   */
  readonly json?: readonly Json[];
  /** Properties that clients can write. */
  readonly input: readonly (keyof Input & keyof Entity & string)[];
  /**
   * Error codes by name of the unique constraint.
   *
   * @default none
   */
  readonly unique?: Readonly<Record<string, string>>;
  /**
   * Erasure of personal data with the deletion, instead of later by `eraseDeleted`. Requires a column `erased_at`.
   *
   * @default none
   */
  readonly eraseOnDelete?: Erasure;
  /** Kind of resource in the audit log, and the trail. @default not recorded */
  readonly audit?: { readonly resource: string; readonly trail: AuditTrail } | undefined;
}

/** Entity whose properties can be bound as query parameters, apart from those that are stored as JSON. */
type Bindable<Entity, Json> = {
  readonly [Property in keyof Entity]: Property extends Json ? unknown : QueryParameter;
};

/**
 * Repository of versioned, owned, soft-deleted resources in a table.
 *
 * @typeParam Json Names of the properties that are stored as JSON.
 */
export class VersionedTable<
  Entity extends Versioned & Bindable<Entity, Json>,
  Input extends Bindable<Input, Json>,
  Json extends string = never,
> implements VersionedRepository<Entity, Input> {
  readonly #table: VersionedTableOptions<Entity, Input, Json>;
  readonly #insert: ScopedStatement;
  readonly #find: ScopedStatement;
  readonly #findMany: ScopedStatement;
  readonly #update: ScopedStatement;
  readonly #softDelete: ScopedStatement;

  constructor(table: VersionedTableOptions<Entity, Input, Json>) {
    this.#table = table;
    const { name, columns, input, key = "id", eraseOnDelete } = table;
    const returning = table.audit === undefined ? "" : " returning true as changed";
    const selected = selectList<Entity>(columns);
    const names = columns.map(columnName).join(", ");
    const values = columns.map((_, index) => `$${index + 1}`).join(", ");
    this.#insert = scopedStatement(
      (owner) =>
        owner === undefined
          ? `insert into ${name} (${names}) values (${values})${returning}`
          : `insert into ${name} (${names}, owner) values (${values}, ${owner})${returning}`,
      columns.length,
    );
    this.#find = scopedStatement(
      (owner) => `select ${selected} from ${name} where ${key} = $1 and deleted_at is null${andOwned(owner)}`,
      1,
    );
    this.#findMany = scopedStatement(
      (owner) =>
        `select ${selected} from ${name} where ${key} = any ($1) and deleted_at is null${andOwned(owner)}`,
      1,
    );
    const changes = input.map((property, index) => `${columnName(property)} = $${index + 2}`).join(", ");
    const now = `$${input.length + 2}`;
    const condition = `$${input.length + 3}`;
    // updated_at never decreases, even if the clock was set back.
    this.#update = scopedStatement(
      (owner) =>
        `update ${name} set ${changes}, version = version + 1, updated_at = greatest(updated_at, ${now})
        where ${key} = $1 and deleted_at is null and (${condition}::bigint[] is null or version = any (${condition}))${
          andOwned(owner)
        } returning ${selected}`,
      input.length + 3,
    );
    const erased = eraseOnDelete === undefined ? "" : `, ${assignErasure(eraseOnDelete, 4)}, erased_at = $2`;
    this.#softDelete = scopedStatement(
      (owner) =>
        `update ${name}
        set version = version + 1, updated_at = greatest(updated_at, $2), deleted_at = greatest(updated_at, $2)${erased}
        where ${key} = $1 and deleted_at is null and ($3::bigint[] is null or version = any ($3))${
          andOwned(owner)
        }${returning}`,
      3 + Object.keys(eraseOnDelete ?? {}).length,
    );
  }

  async insert(
    db: Querier,
    entity: Entity & { readonly owner: string | null },
    options?: QueryOptions,
  ): Promise<void> {
    const values = this.#table.columns.map((property) => this.#bound(property, entity[property]));
    const { all, owner } = this.#insert;
    const statement: StatementOf = entity.owner === null ? [all, values] : [owner, [...values, entity.owner]];
    const recording = this.#recording(statement, "create", { id: entity.id, actor: entity.owner });
    await this.#write(() => db.query(...recording, options));
  }

  async find(db: Querier, { id, scope }: ResourceKey, options?: QueryOptions): Promise<Entity | undefined> {
    const { rows } = await db.query<Entity>(...statementFor(this.#find, scope, [id]), options);
    this.recordRead(scope, rows);
    return rows[0];
  }

  /** Returns the resources with the ids, in no order. */
  async findMany(
    db: Querier,
    { ids, scope }: ResourceKeys,
    options?: QueryOptions,
  ): Promise<readonly Entity[]> {
    const { rows } = await db.query<Entity>(...statementFor(this.#findMany, scope, [ids]), options);
    this.recordRead(scope, rows);
    return rows;
  }

  /** Records a read in the audit log, if there is one; for lists. */
  protected recordRead(scope: AccessScope, entities: readonly Entity[]): void {
    const { audit } = this.#table;
    audit?.trail.read({ actor: actorOf(scope), resource: audit.resource, ids: entities.map(({ id }) => id) });
  }

  /** Returns a write that records itself in the audit log, if there is one. */
  #recording(
    statement: StatementOf,
    action: AuditEntry["action"],
    { id, actor }: { readonly id: string; readonly actor: string | null },
  ): StatementOf {
    const { audit } = this.#table;
    return audit?.trail.recording(statement, { actor, action, resource: audit.resource, ids: [id] }) ??
      statement;
  }

  async update(
    db: Querier,
    { id, scope, input, condition, now }: ResourceKey & WriteCondition & { readonly input: Input },
    options?: QueryOptions,
  ): Promise<Entity | undefined> {
    const values = this.#table.input.map((property) => this.#bound(property, input[property]));
    const statement = statementFor(this.#update, scope, [id, ...values, now, versions(condition)]);
    const recording = this.#recording(statement, "update", { id, actor: actorOf(scope) });
    const { rows } = await this.#write(() => db.query<Entity>(...recording, options));
    return rows[0];
  }

  async softDelete(
    db: Querier,
    { id, scope, condition, now }: ResourceKey & WriteCondition,
    options?: QueryOptions,
  ): Promise<boolean> {
    const erased = Object.values(this.#table.eraseOnDelete ?? {});
    const statement = statementFor(this.#softDelete, scope, [id, now, versions(condition), ...erased]);
    const recording = this.#recording(statement, "delete", { id, actor: actorOf(scope) });
    return (await db.query(...recording, options)).rowCount > 0;
  }

  /** Returns the parameter of a property: its JSON text if it is stored as JSON. */
  #bound(property: string, value: unknown): QueryParameter {
    const { json } = this.#table;
    if (json?.some((name) => name === property)) return value === null ? null : JSON.stringify(value);
    if (isParameter(value)) return value;
    throw new TypeError(`The property ${property} of ${this.#table.name} is no column value`);
  }

  /** Runs a write and translates violations of unique constraints. */
  async #write<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      throw translated(error, this.#table.unique ?? {});
    }
  }
}

function isParameter(value: unknown): value is QueryParameter {
  if (typeof value !== "object") {
    return value !== undefined && typeof value !== "function" && typeof value !== "symbol";
  }
  return value === null || Array.isArray(value) || value instanceof Uint8Array;
}

function versions(condition: VersionCondition): readonly bigint[] | null {
  return condition === "any" ? null : condition;
}

function translated(error: unknown, unique: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof DatabaseError) || error.constraint === undefined) return error;
  const code = Object.hasOwn(unique, error.constraint) ? unique[error.constraint] : undefined;
  return code === undefined ? error : new DomainError(code, { cause: error });
}
