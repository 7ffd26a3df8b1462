import type { QueryParameter } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { AccessScope } from "../access_scope.ts";
import { BY_CREATION, type ListOrder } from "./list_order.ts";
import type { TimeAnchor } from "../page.ts";

/** Consecutive rows of a list. */
export interface PageWindow {
  /**
   * Condition on the rows' keys.
   *
   * @default none: the window starts at the beginning of the order
   */
  readonly key?: string;
  readonly order: "desc" | "asc";
  /** Maximum number of rows, as SQL. */
  readonly limit: string;
}

/** Source of the rows of a list. */
export interface ListSqlOptions {
  /** SELECT list whose columns are named like the properties of an item; see `selectList`. */
  readonly columns: string;
  readonly from: string;
  /** @default {new ListOrder("createdAt", "id")} */
  readonly order?: ListOrder;
}

/** Builder of the statements of a list, newest first: collects conditions and their parameters. */
export class ListSql {
  readonly parameters: QueryParameter[] = [];
  readonly order: ListOrder;
  protected readonly columns: string;
  protected readonly from: string;
  protected readonly conditions: string[] = [];

  constructor({ columns, from, order = BY_CREATION }: ListSqlOptions) {
    this.columns = columns;
    this.from = from;
    this.order = order;
  }

  /** Binds a value and returns its placeholder. */
  bind(value: QueryParameter): string {
    return `$${this.parameters.push(value)}`;
  }

  /** Binds an anchor and returns it as a row value of the key's types. */
  bindAnchor({ createdAt, id }: TimeAnchor): string {
    return `(${this.bind(createdAt)}::timestamptz, ${this.bind(id)}::uuid)`;
  }

  /** Adds a condition. */
  where(condition: string): this {
    this.conditions.push(condition);
    return this;
  }

  /** Adds the condition that the column `owner` is in an access scope. */
  ownedBy(scope: AccessScope): this {
    return scope.kind === "all" ? this : this.where(`owner = ${this.bind(scope.subject)}`);
  }

  /** Adds the conditions of a half-open time range: `from` inclusive, `to` exclusive. */
  within(from: Timestamp | undefined, to: Timestamp | undefined): this {
    const { time } = this.order;
    if (from !== undefined) this.where(`${time} >= ${this.bind(from)}`);
    return to === undefined ? this : this.where(`${time} < ${this.bind(to)}`);
  }

  /** Returns the query of a window. Lists that need another form override it. */
  rows(window: PageWindow): string {
    return `select ${this.columns} from ${this.from}${this.filter(window.key)} ${this.ordered(window)}`;
  }

  /** Returns the parts of a query over all rows, for numbered pages. */
  all(): { readonly prelude: string; readonly columns: string; readonly source: string } {
    return { prelude: "", columns: this.columns, source: `${this.from}${this.filter()}` };
  }

  /** Returns a WHERE clause with all conditions; "" if there are none. */
  protected filter(...others: readonly (string | undefined)[]): string {
    let where = this.conditions.join(" and ");
    for (const other of others) {
      if (other !== undefined) where += where === "" ? other : ` and ${other}`;
    }
    return where === "" ? "" : ` where ${where}`;
  }

  /** Returns ORDER BY and LIMIT of a window over the table's columns. */
  protected ordered({ order, limit }: PageWindow): string {
    return `order by ${this.order.columns[order]} limit ${limit}`;
  }

  /** Returns ORDER BY and LIMIT of a window over a subquery whose columns are named like properties. */
  protected reordered({ order, limit }: PageWindow): string {
    return `order by ${this.order.properties[order]} limit ${limit}`;
  }
}
