import type { ConnectionManager, Querier, QueryParameter, Transaction, TxManager } from "@archway/db/db.ts";

/** Column with its type in SQL. */
export type Column = readonly [name: string, type: string];

/** Table whose rows are leased: it has the columns `due_at`, `scheduled_at` and `lease`. */
export interface LeaseTable {
  readonly name: string;
  /** Columns of the primary key. */
  readonly key: readonly Column[];
}

/** Options of a lease queue. */
export interface LeaseQueueOptions {
  readonly database: ConnectionManager & TxManager;
  /** Returns the current time, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
  /** Duration of a lease, in milliseconds. */
  readonly leaseMs: number;
}

/** Lease of a row. */
export interface Lease {
  /** Values of the columns of the key. */
  readonly key: readonly string[];
  /** Fencing token: distinguishes the lease from later ones of the row. */
  readonly token: string;
}

/** Lease with the delay after which its row is due again, and values of further columns. */
export interface LeaseChange extends Lease {
  readonly delayMs: number;
  /** @default none */
  readonly values?: readonly (string | number | boolean | null)[];
}

/** Selection of rows for a claim. */
export interface ClaimSelection {
  /**
   * Common table expressions, of which `held` has the locked rows with the columns of the key. `$1` is the current time,
   * `$2` the expiry of the leases and `$3` their token; the parameters of the claim follow.
   */
  readonly held: string;
  /** Condition on `t` that all of them satisfy, for the planner. @default none */
  readonly where?: string;
  /** Further assignments, to columns of the table `t`. @default none */
  readonly set?: string;
  /** Columns to return, of `t` and `h`, the row in `held`. */
  readonly returning: string;
}

/** Changes of leased rows in addition to their schedule. */
export interface LeaseStatement {
  /** Further columns of `h`, which has the row's change. @default none */
  readonly columns?: readonly Column[];
  /** Assignments to columns of the table `t`. @default none */
  readonly set?: string;
  /** Time at which the row is due again. @default {"h.due_at"} */
  readonly due?: string;
  /** Condition on `t`. @default none */
  readonly where?: string;
}

/**
 * Queue of rows that workers lease. A row that is due can be claimed; it is then due again when the lease expires, so
 * that the rows of a worker that died go to others. Every change requires the lease, so a worker that lost it changes
 * nothing.
 */
export class LeaseQueue {
  readonly #table: LeaseTable;
  readonly #options: LeaseQueueOptions;
  readonly #lock: string;

  constructor(table: LeaseTable, options: LeaseQueueOptions) {
    this.#table = table;
    this.#options = options;
    const { name, key } = table;
    const conditions = key.map(([column], index) => `${column} = $${index + 2}`).join(" and ");
    this.#lock = `select 1 from ${name} where lease = $1 and ${conditions} for update`;
  }

  /** Returns a statement that claims due rows. Its second value is the token of the leases. */
  claiming<Row extends object>(
    { held, where, set, returning }: ClaimSelection,
  ): (
    db: Querier,
    parameters: readonly QueryParameter[],
  ) => Promise<{ readonly rows: readonly Row[]; readonly token: string }> {
    const assignments = `due_at = $2, scheduled_at = $1, lease = $3${set === undefined ? "" : `, ${set}`}`;
    const condition = this.#joined() + (where === undefined ? "" : ` and ${where}`);
    const text = `with ${held}
      update ${this.#table.name} as t set ${assignments} from held as h where ${condition} returning ${returning}`;
    return async (db, parameters) => {
      const token = this.#options.newId();
      const until = this.#time(this.#options.leaseMs);
      const { rows } = await db.query<Row>(text, [this.#time(), until, token, ...parameters]);
      return { rows, token };
    };
  }

  /** Returns a statement that ends leases: the rows are due after a delay. It returns the indexes of held leases. */
  releasing(
    { set, ...statement }: LeaseStatement = {},
  ): (db: Querier, changes: readonly LeaseChange[]) => Promise<ReadonlySet<number>> {
    const text = this.#update({ ...statement, set: `lease = null${set === undefined ? "" : `, ${set}`}` });
    return async (db, changes) => await this.#change(db, text, changes);
  }

  /** Returns a statement that renews leases. It returns the indexes of those that are still held. */
  renewing(): (db: Querier, leases: readonly Lease[]) => Promise<ReadonlySet<number>> {
    const text = this.#update({});
    return async (db, leases) => {
      const { leaseMs: delayMs } = this.#options;
      return await this.#change(db, text, leases.map((lease) => ({ ...lease, delayMs })));
    };
  }

  /** Returns a statement that deletes leased rows. It returns the indexes of held leases. */
  removing(
    { where }: Pick<LeaseStatement, "where"> = {},
  ): (db: Querier, leases: readonly Lease[]) => Promise<ReadonlySet<number>> {
    const text = `delete from ${this.#table.name} as t using ${this.#changes([])}
      where ${this.#joined()} and t.lease = h.lease${
      where === undefined ? "" : ` and ${where}`
    } returning h.place`;
    return async (db, leases) => placesOf(await db.query<{ place: bigint }>(text, this.#parameters(leases)));
  }

  /** Runs a function in a transaction that holds the lease. Returns undefined if the lease was lost. */
  async withLease<T>({ key, token }: Lease, run: (tx: Transaction) => Promise<T>): Promise<T | undefined> {
    return await this.#options.database.withTx(async (tx) => {
      const { rowCount } = await tx.query(this.#lock, [token, ...key]);
      return rowCount === 0 ? undefined : await run(tx);
    }, { repeatable: true });
  }

  #joined(): string {
    return this.#table.key.map(([column]) => `t.${column} = h.${column}`).join(" and ");
  }

  #update({ columns = [], set, due = "h.due_at", where }: LeaseStatement): string {
    const delay: Column = ["due_at", "timestamptz"];
    const now = `$${this.#table.key.length + columns.length + 3}::timestamptz`;
    return `update ${this.#table.name} as t
      set due_at = ${due}, scheduled_at = ${now}${set === undefined ? "" : `, ${set}`}
      from ${this.#changes([delay, ...columns])}
      where ${this.#joined()} and t.lease = h.lease${
      where === undefined ? "" : ` and ${where}`
    } returning h.place`;
  }

  /** Returns the relation `h` of changes: key, lease, further columns and place. */
  #changes(columns: readonly Column[]): string {
    const all: readonly Column[] = [...this.#table.key, ["lease", "uuid"], ...columns];
    const arrays = all.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ");
    return `unnest(${arrays}) with ordinality as h (${all.map(([name]) => name).join(", ")}, place)`;
  }

  async #change(
    db: Querier,
    text: string,
    changes: readonly LeaseChange[],
  ): Promise<ReadonlySet<number>> {
    const width = changes[0]?.values?.length ?? 0;
    return placesOf(
      await db.query<{ place: bigint }>(text, [
        ...this.#parameters(changes),
        changes.map(({ delayMs }) => this.#time(delayMs)),
        ...Array.from({ length: width }, (_, index) => changes.map(({ values }) => values?.[index] ?? null)),
        this.#time(),
      ]),
    );
  }

  #parameters(leases: readonly Lease[]): readonly (readonly string[])[] {
    return [
      ...this.#table.key.map((_, index) => leases.map(({ key }) => key[index] ?? "")),
      leases.map(({ token }) => token),
    ];
  }

  /** Returns the current time plus a delay, as a parameter of a query. */
  #time(delayMs = 0): string {
    return new Date(this.#options.nowMs() + delayMs).toISOString();
  }
}

function placesOf({ rows }: { readonly rows: readonly { readonly place: bigint }[] }): ReadonlySet<number> {
  return new Set(rows.map(({ place }) => Number(place) - 1));
}
