import {
  type ExecutionResult,
  getArgumentValues,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  locatedError,
  responsePathAsArray,
  type ValidatedExecutionArgs,
} from "graphql";
import type { FieldPlan, ObjectPlan, ValuePlan } from "./query_plan.ts";

/** Executes a plan of a query. The result is that of the reference implementation, which executes the document itself. */
export function executePlan(
  plan: ObjectPlan,
  args: ValidatedExecutionArgs,
): ExecutionResult | Promise<ExecutionResult> {
  return new PlanExecution(args).run(plan);
}

/** Place of a value in a response. Its parents are the path to it. */
class Place {
  /** Whether an error has made the value null. */
  isNulled = false;

  constructor(
    readonly prev: Place | undefined,
    readonly key: string | number,
    readonly typename: string | undefined,
    /** Object or list that has the value. */
    readonly holder: object,
    readonly isNullable: boolean,
  ) {}

  put(value: unknown): void {
    Reflect.set(this.holder, this.key, value);
  }
}

type Source = Readonly<Record<string, unknown>>;
type Resolve = GraphQLFieldResolver<unknown, unknown>;

/**
 * Execution of one request. Values are put where they belong, so that only values that resolvers promise cost a promise;
 * the result is complete when none is pending.
 */
class PlanExecution {
  readonly #args: ValidatedExecutionArgs;
  readonly #errors: GraphQLError[] = [];
  /** Arguments of fields, which are the same for all parents. */
  readonly #arguments = new Map<FieldPlan, Readonly<Record<string, unknown>>>();
  #data: Record<string, unknown> | null = null;
  /** Whether an error has made the whole data null. */
  #isNulled = false;
  #pending = 0;
  #done: (() => void) | undefined;

  constructor(args: ValidatedExecutionArgs) {
    this.#args = args;
  }

  run(plan: ObjectPlan): ExecutionResult | Promise<ExecutionResult> {
    try {
      const data = this.#readObject(plan, this.#args.rootValue, undefined);
      if (!this.#isNulled) this.#data = data;
    } catch (error) {
      this.#isNulled = true;
      this.#errors.push(asGraphqlError(error));
    }
    if (this.#pending === 0) return this.#result();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#done = resolve;
    return promise.then(() => this.#result());
  }

  #result(): ExecutionResult {
    const data = this.#isNulled ? null : this.#data;
    return this.#errors.length === 0 ? { data } : { errors: this.#errors, data };
  }

  /** @throws {GraphQLError} if a field that is not nullable has an error. */
  #readObject(
    { fields, template }: ObjectPlan,
    source: unknown,
    place: Place | undefined,
  ): Record<string, unknown> {
    const result: Record<string, unknown> = { ...template };
    const parent = { place, result };
    for (const field of fields) {
      const { key, value, definition } = field;
      result[key] = definition === undefined
        ? field.parentType.name
        : value.kind === "leaf" && definition.resolve === undefined
        ? this.#readLeaf(field, source, parent)
        : this.#readField(field, source, parent);
    }
    return result;
  }

  #readLeaf(field: FieldPlan, source: unknown, parent: Parent): unknown {
    try {
      const raw = isSource(source) ? source[field.name] : undefined;
      if (raw === undefined || raw === null) {
        if (field.value.isNullable) return null;
      } else if (typeof raw !== "object" && typeof raw !== "function") {
        return completeLeaf(field.value, raw);
      }
    } catch (error) {
      return this.#failed(error, field, placeOf(field, parent));
    }
    return this.#readField(field, source, parent);
  }

  #readField(field: FieldPlan, source: unknown, parent: Parent): unknown {
    const place = placeOf(field, parent);
    try {
      const raw = this.#resolve(field, source, place);
      return isPromiseLike(raw)
        ? this.#await(raw, field, place, field.value)
        : this.#complete(field.value, raw, field, place);
    } catch (error) {
      return this.#failed(error, field, place);
    }
  }

  #resolve(field: FieldPlan, source: unknown, place: Place): unknown {
    const { definition, name } = field;
    if (definition?.resolve !== undefined) return this.#call(definition.resolve, field, source, place);
    const property = isSource(source) ? source[name] : undefined;
    return typeof property === "function"
      ? this.#call(this.#args.fieldResolver, field, source, place)
      : property;
  }

  #call(resolve: Resolve, field: FieldPlan, source: unknown, place: Place): unknown {
    return resolve(source, this.#argumentsOf(field), this.#args.contextValue, this.#info(field, place));
  }

  #argumentsOf(field: FieldPlan): Readonly<Record<string, unknown>> {
    const known = this.#arguments.get(field);
    if (known !== undefined) return known;
    const { definition, nodes: [node] } = field;
    if (definition === undefined) return {};
    const { variableValues, hideSuggestions } = this.#args;
    const values = getArgumentValues(definition, node, variableValues, undefined, hideSuggestions);
    this.#arguments.set(field, values);
    return values;
  }

  /** @throws {unknown} for a value that its type cannot have. */
  #complete(plan: ValuePlan, raw: unknown, field: FieldPlan, place: Place): unknown {
    if (raw instanceof Error) throw raw;
    if (raw === undefined || raw === null) {
      if (plan.isNullable) return null;
      throw new Error(`Cannot return null for non-nullable field ${field.parentType.name}.${field.name}.`);
    }
    switch (plan.kind) {
      case "leaf":
        return completeLeaf(plan, raw);
      case "object":
        return this.#readObject(plan, raw, place);
      case "list":
        return this.#completeList(plan.item, raw, field, place);
    }
  }

  #completeList(item: ValuePlan, raw: unknown, field: FieldPlan, place: Place): readonly unknown[] {
    if (!isIterable(raw)) {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${field.parentType.name}.${field.name}".`,
      );
    }
    const result: unknown[] = [];
    for (const value of raw) {
      const own = new Place(place, result.length, undefined, result, item.isNullable);
      try {
        result.push(
          isPromiseLike(value)
            ? this.#await(value, field, own, item)
            : this.#complete(item, value, field, own),
        );
      } catch (error) {
        result.push(this.#failed(error, field, own));
      }
    }
    return result;
  }

  /** Puts a promised value at its place later. */
  #await(promise: PromiseLike<unknown>, field: FieldPlan, place: Place, plan: ValuePlan): null {
    this.#pending++;
    const settle = (read: () => unknown): void => {
      if (!this.#isLost(place)) {
        try {
          place.put(read());
        } catch (error) {
          this.#propagate(error, field, place);
        }
      }
      if (--this.#pending === 0) this.#done?.();
    };
    Promise.resolve(promise).then(
      (raw) => settle(() => this.#complete(plan, raw, field, place)),
      (error) =>
        settle(() => {
          throw error;
        }),
    );
    return null;
  }

  /** Returns null for a value with an error. @throws {GraphQLError} if it cannot be null. */
  #failed(error: unknown, { nodes }: FieldPlan, place: Place): null {
    const located = locatedError(error, [...nodes], responsePathAsArray(place));
    if (!place.isNullable) throw located;
    place.isNulled = true;
    this.#errors.push(located);
    return null;
  }

  /** Makes the closest value null that can be, of those that have the one with the error. */
  #propagate(error: unknown, { nodes }: FieldPlan, place: Place): void {
    this.#errors.push(locatedError(error, [...nodes], responsePathAsArray(place)));
    let closest: Place | undefined = place;
    while (closest !== undefined && !closest.isNullable) closest = closest.prev;
    if (closest === undefined) {
      this.#isNulled = true;
    } else {
      closest.isNulled = true;
      closest.put(null);
    }
  }

  /** Whether a value is no part of the response any more. */
  #isLost(place: Place): boolean {
    let at: Place | undefined = place;
    while (at !== undefined && !at.isNulled) at = at.prev;
    return this.#isNulled || at !== undefined;
  }

  #info({ name: fieldName, nodes, definition, parentType }: FieldPlan, path: Place): GraphQLResolveInfo {
    const { schema, fragmentDefinitions: fragments, rootValue, operation, variableValues } = this.#args;
    if (definition === undefined) throw new Error("__typename has no resolver");
    return {
      ...{ fieldName, fieldNodes: nodes, returnType: definition.type, parentType, path },
      ...{ schema, fragments, rootValue, operation, variableValues },
      getAbortSignal: noSignal,
      getAsyncHelpers: () => ASYNC_HELPERS,
    };
  }
}

/** Object whose fields are read, and its place. */
interface Parent {
  readonly place: Place | undefined;
  readonly result: object;
}

function placeOf({ key, parentType, value }: FieldPlan, { place, result }: Parent): Place {
  return new Place(place, key, parentType.name, result, value.isNullable);
}

const ASYNC_HELPERS: ReturnType<GraphQLResolveInfo["getAsyncHelpers"]> = {
  promiseAll: (values) => Promise.all(values),
  track: () => {},
};

function noSignal(): undefined {
  return undefined;
}

/** @throws {unknown} for a value that the type cannot have. */
function completeLeaf(plan: ValuePlan, raw: unknown): unknown {
  if (plan.kind !== "leaf") throw new TypeError("The plan of a leaf is that of another value");
  const value = plan.type.coerceOutputValue(raw);
  if (value !== undefined && value !== null) return value;
  throw new Error(`Expected \`${plan.type.name}\` to return a value, but it returned none`);
}

function asGraphqlError(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : locatedError(error, undefined);
}

function isSource(value: unknown): value is Source {
  return typeof value === "object" && value !== null;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
