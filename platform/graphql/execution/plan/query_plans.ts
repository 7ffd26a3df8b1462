import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type ValidatedExecutionArgs,
  visit,
} from "graphql";
import { type ObjectPlan, planQuery } from "./query_plan.ts";

/** Maximum number of fields in all plans of a document. */
const MAX_FIELDS = 1_000;
/** Maximum number of variables on which selections depend: each of their combinations is a plan of its own. */
const MAX_CONDITIONS = 3;

/** Plans of the operations of a document that is valid, which are made when they are first executed. */
export class QueryPlans {
  readonly #document: DocumentNode;
  readonly #schema: GraphQLSchema;
  readonly #plans = new Map<string, ObjectPlan | undefined>();
  #conditions: readonly string[] | undefined;
  #free = MAX_FIELDS;

  constructor(document: DocumentNode, schema: GraphQLSchema) {
    this.#document = document;
    this.#schema = schema;
  }

  /** Returns the plan of a request; undefined if there is none, so that its document has to be executed. */
  planOf({ operation, variableValues: { coerced } }: ValidatedExecutionArgs): ObjectPlan | undefined {
    const names = this.#conditions ??= conditionsOf(this.#document);
    let key = operation.name?.value ?? "";
    const conditions = new Map<string, boolean>();
    for (const name of names) {
      const value = coerced[name];
      // A default may be replaced by null, which is an error of the fields. Other operations have other variables.
      if (typeof value === "boolean") conditions.set(name, value);
      key += typeof value === "boolean" ? value ? " 1" : " 0" : " -";
    }
    if (names.length > MAX_CONDITIONS) return undefined;
    const known = this.#plans.get(key);
    if (known !== undefined || this.#plans.has(key)) return known;
    const plan = this.#plan(operation, conditions);
    this.#plans.set(key, plan);
    return plan;
  }

  #plan(
    operation: OperationDefinitionNode,
    conditions: ReadonlyMap<string, boolean>,
  ): ObjectPlan | undefined {
    const options = { schema: this.#schema, conditions, maxFields: this.#free };
    const plan = planQuery(this.#document, operation, options);
    this.#free -= plan?.fields ?? 0;
    return plan?.root;
  }
}

/** Returns the variables of `@skip` and `@include`. */
function conditionsOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: sent = [] }): void {
      if (name.value !== "skip" && name.value !== "include") return;
      for (const { value } of sent) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
