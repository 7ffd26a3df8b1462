import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** Plan of a value in a response. */
export type ValuePlan = LeafPlan | ListPlan | ObjectPlan;

interface LeafPlan {
  readonly kind: "leaf";
  readonly isNullable: boolean;
  readonly type: GraphQLLeafType;
}

interface ListPlan {
  readonly kind: "list";
  readonly isNullable: boolean;
  readonly item: ValuePlan;
}

/** Plan of an object in a response. */
export interface ObjectPlan {
  readonly kind: "object";
  readonly isNullable: boolean;
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
  /** Object with the keys of the fields in their order: copies of it are faster than objects that grow. */
  readonly template: Readonly<Record<string, unknown>>;
}

/** Plan of a field: all selections with one key. */
export interface FieldPlan {
  /** Alias, or the name. */
  readonly key: string;
  readonly name: string;
  readonly parentType: GraphQLObjectType;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly value: ValuePlan;
  /** Undefined for `__typename`. */
  readonly definition: GraphQLField<unknown, unknown> | undefined;
}

/** Options of {@link planQuery}. */
export interface PlanOptions {
  readonly schema: GraphQLSchema;
  /** Values of the variables of `@skip` and `@include`. */
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Maximum number of fields. */
  readonly maxFields: number;
}

/** Plan of an operation, and the number of its fields. */
export interface QueryPlan {
  readonly root: ObjectPlan;
  readonly fields: number;
}

/** Part of a document that a plan cannot express. */
class Unplanned extends Error {}

const CONDITIONS: ReadonlySet<string> = new Set(["skip", "include"]);

/**
 * Plans a query that is valid. Merges the selections of each object once, which an executor of documents does for each
 * request; returns undefined for introspection, abstract types, and larger documents.
 */
export function planQuery(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { schema, conditions, maxFields }: PlanOptions,
): QueryPlan | undefined {
  const fragments = fragmentsOf(document);
  let count = 0;
  const root = schema.getRootType(operation.operation);
  if (operation.operation !== "query" || root === undefined || root === null) return undefined;
  if ((operation.directives?.length ?? 0) > 0) return undefined;
  try {
    return { root: planObject(root, [operation.selectionSet], false), fields: count };
  } catch (error) {
    if (error instanceof Unplanned) return undefined;
    throw error;
  }

  function planObject(
    type: GraphQLObjectType,
    sets: readonly SelectionSetNode[],
    isNullable: boolean,
  ): ObjectPlan {
    if (type.isTypeOf !== undefined && type.isTypeOf !== null) throw new Unplanned();
    const selected = new Map<string, [FieldNode, ...FieldNode[]]>();
    const spread = new Set<string>();
    for (const set of sets) collect(set, type, { selected, spread });
    count += selected.size;
    // As a key of an object, it would be its prototype.
    if (count > maxFields || selected.has("__proto__")) throw new Unplanned();
    const fields = [...selected].map(([key, nodes]) => planField(type, key, nodes));
    const template = Object.fromEntries(fields.map(({ key }) => [key, null]));
    return { kind: "object", isNullable, type, fields, template };
  }

  function planField(
    parentType: GraphQLObjectType,
    key: string,
    nodes: readonly [FieldNode, ...FieldNode[]],
  ): FieldPlan {
    const name = nodes[0].name.value;
    const definition = schema.getField(parentType, name);
    // The fields of introspection belong to the library.
    if (definition === undefined || (name.startsWith("__") && name !== "__typename")) throw new Unplanned();
    const value = planValue(definition.type, nodes);
    return {
      ...{ key, name, parentType, nodes, value },
      definition: name === "__typename" ? undefined : definition,
    };
  }

  function planValue(type: GraphQLOutputType, nodes: readonly FieldNode[], isNullable = true): ValuePlan {
    if (isNonNullType(type)) return planValue(type.ofType, nodes, false);
    if (isListType(type)) return { kind: "list", isNullable, item: planValue(type.ofType, nodes) };
    if (isLeafType(type)) return { kind: "leaf", isNullable, type };
    if (!isObjectType(type)) throw new Unplanned();
    return planObject(type, nodes.flatMap(({ selectionSet }) => selectionSet ?? []), isNullable);
  }

  function collect({ selections }: SelectionSetNode, type: GraphQLObjectType, found: Collected): void {
    for (const selection of selections) {
      if (!isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const nodes = found.selected.get(key);
        if (nodes === undefined) found.selected.set(key, [selection]);
        else nodes.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(selection.typeCondition?.name.value, type)) collect(selection.selectionSet, type, found);
      } else {
        const fragment = fragments.get(selection.name.value);
        if (fragment === undefined || found.spread.has(selection.name.value)) continue;
        if (!applies(fragment.typeCondition.name.value, type)) continue;
        found.spread.add(selection.name.value);
        collect(fragment.selectionSet, type, found);
      }
    }
  }

  function applies(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const conditional = schema.getType(condition);
    return isAbstractType(conditional) && schema.isSubType(conditional, type);
  }

  function isIncluded({ directives = [] }: SelectionNode): boolean {
    for (const { name, arguments: [argument] = [] } of directives) {
      if (!CONDITIONS.has(name.value) || argument === undefined) throw new Unplanned();
      const { value } = argument;
      const isMet = value.kind === Kind.BOOLEAN
        ? value.value
        : value.kind === Kind.VARIABLE
        ? conditions.get(value.name.value)
        : undefined;
      if (isMet === undefined) throw new Unplanned();
      if (isMet === (name.value === "skip")) return false;
    }
    return true;
  }
}

/** Selections of an object while they are merged. */
interface Collected {
  readonly selected: Map<string, [FieldNode, ...FieldNode[]]>;
  /** Fragments whose fields have been added. */
  readonly spread: Set<string>;
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : []
    ),
  );
}
