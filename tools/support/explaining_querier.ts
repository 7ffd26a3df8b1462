import type { Querier, QueryParameter, QueryResult, Transaction } from "@archway/db/db.ts";

/** Node of an executed plan, as in the output of EXPLAIN (ANALYZE, FORMAT JSON). */
export interface PlanNode {
  readonly "Node Type": string;
  /** "Outer" if the parent processes its rows. */
  readonly "Parent Relationship"?: string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  /** Average over all loops. */
  readonly "Actual Rows": number;
  /** 0 if it was not executed. */
  readonly "Actual Loops": number;
  /** Average over all loops. */
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly "Plans"?: readonly PlanNode[];
}

/** Plan for the values of one call ("custom"), or for all calls ("generic"). */
export type PlanKind = "custom" | "generic";

/** Runs statements like prepared ones and records their plans. */
export class ExplainingQuerier implements Querier {
  /** Executed nodes by statement. */
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
    if (plan === undefined) throw new Error("EXPLAIN returned no plan");
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
  if (Array.isArray(value)) return literal(`{${value.join()}}`);
  if (typeof value === "object") throw new TypeError("Bytes cannot be written as a literal here");
  return `'${String(value).replaceAll("'", "''")}'`;
}
