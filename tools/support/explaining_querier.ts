import type { Querier, QueryParameter, QueryResult, Transaction } from "@archway/db/db.ts";

/** A node of a plan that was carried out, as EXPLAIN (ANALYZE, FORMAT JSON) tells of it. */
export interface PlanNode {
  readonly "Node Type": string;
  /** "Outer": its rows are what the parent works on. */
  readonly "Parent Relationship"?: string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  /** The mean over all loops. */
  readonly "Actual Rows": number;
  /** 0: it was not needed. */
  readonly "Actual Loops": number;
  /** The mean over all loops. */
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly "Plans"?: readonly PlanNode[];
}

/** Whether a plan is made for the values of one call, or once for all of them. */
export type PlanKind = "custom" | "generic";

/** Runs statements as PostgreSQL runs prepared ones, and keeps the plan of each. */
export class ExplainingQuerier implements Querier {
  /** The nodes that took part, by statement. */
  readonly plans: (readonly PlanNode[])[] = [];
  readonly #tx: Transaction;
  readonly #kind: PlanKind;

  constructor(tx: Transaction, kind: PlanKind) {
    this.#tx = tx;
    this.#kind = kind;
  }

  async query<Row extends object>(
    text: string,
    parameters: readonly QueryParameter[] = [],
  ): Promise<QueryResult<Row>> {
    const name = `explained_${crypto.randomUUID().replaceAll("-", "")}`;
    await this.#tx.query(`set local plan_cache_mode = force_${this.#kind}_plan`);
    await this.#tx.query(`prepare ${name} as ${text}`);
    const values = parameters.map(literal).join(", ");
    const execute = values === "" ? `execute ${name}` : `execute ${name} (${values})`;
    const { rows: [explained] } = await this.#tx.query<
      { "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }
    >(`explain (analyze, buffers, timing off, format json) ${execute}`);
    const plan = explained?.["QUERY PLAN"][0]?.Plan;
    if (plan === undefined) throw new Error("Explaining a statement failed: there is no plan");
    this.plans.push(nodesOf(plan));
    return await this.#tx.query<Row>(execute);
  }
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
  if (node["Actual Loops"] === 0) return [];
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function literal(value: QueryParameter): string {
  if (value === null) return "null";
  if (typeof value === "object") throw new TypeError("Lists and bytes cannot be written as a literal here");
  return `'${String(value).replaceAll("'", "''")}'`;
}
