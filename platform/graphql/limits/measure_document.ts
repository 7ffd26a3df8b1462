import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { DEFAULT_PAGE, ITEM_FIELDS } from "../schema/connection_types.ts";

/** Size of an operation. */
export interface DocumentSize {
  /** Nesting of fields. */
  readonly depth: number;
  /** Number of aliases and of repeated fields, with those of fragments wherever they are spread. */
  readonly aliases: number;
  /** Number of directives, counted likewise. */
  readonly directives: number;
  /** Objects that the response can have, and a tenth for each other value. Pages count as full. */
  readonly cost: number;
  /** Number of fragment spreads, each counted once. */
  readonly spreads: number;
  /** Number of selections that were looked at, each at most once. */
  readonly visited: number;
}

/** Parts of {@link measureDocument}. */
interface MeasureOptions {
  readonly schema: GraphQLSchema;
  /** Values of variables, as sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Size of a selection, part of which counts once for each item of the page around it. */
interface SelectionSize extends Omit<DocumentSize, "spreads" | "visited"> {
  readonly costPerItem: number;
}

const EMPTY: SelectionSize = { depth: 0, aliases: 0, directives: 0, cost: 0, costPerItem: 0 };
const LEAF_COST = 0.1;
/** Size of a page whose limit is not known. */
const LARGEST_PAGE = 200;

/**
 * Measures an operation before it is validated, in time proportional to its document: every fragment is measured once.
 *
 * @throws {GraphQLError} for fragments that contain themselves.
 */
export function measureDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { schema, variables }: MeasureOptions,
): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, SelectionSize | "open">();
  const root = schema.getRootType(operation.operation) ?? undefined;
  let [spreads, visited] = [0, 0];
  const { costPerItem: _, ...size } = add(
    measureSelections(operation.selectionSet, root),
    { ...EMPTY, directives: operation.directives?.length ?? 0 },
  );
  return { ...size, spreads, visited };

  function measureSelections(
    { selections }: SelectionSetNode,
    type: GraphQLNamedType | undefined,
  ): SelectionSize {
    let total = EMPTY;
    const names = new Set<string>();
    for (const selection of selections) {
      visited++;
      const directives = selection.directives?.length ?? 0;
      const size = selection.kind === Kind.FIELD
        ? measureField(selection, type)
        : selection.kind === Kind.INLINE_FRAGMENT
        ? measureSelections(selection.selectionSet, typeNamed(selection.typeCondition?.name.value) ?? type)
        : measureFragment(selection.name.value);
      if (selection.kind === Kind.FRAGMENT_SPREAD) spreads++;
      // Validation compares fields of one name pairwise, so that a repetition costs as much as an alias.
      if (selection.kind === Kind.FIELD && selection.alias === undefined) {
        if (names.has(selection.name.value)) total = { ...total, aliases: total.aliases + 1 };
        names.add(selection.name.value);
      }
      total = add(total, directives === 0 ? size : { ...size, directives: size.directives + directives });
    }
    return total;
  }

  function measureFragment(name: string): SelectionSize {
    const known = measured.get(name);
    if (known === "open") throw new GraphQLError(`The fragment ${name} contains itself`);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (fragment === undefined) return EMPTY;
    measured.set(name, "open");
    const size = measureSelections(fragment.selectionSet, typeNamed(fragment.typeCondition.name.value));
    measured.set(name, size);
    return size;
  }

  function measureField(field: FieldNode, parent: GraphQLNamedType | undefined): SelectionSize {
    const { name: { value: name }, alias, selectionSet } = field;
    const aliases = alias === undefined ? 0 : 1;
    // Introspection is limited by rules of its own.
    if (name.startsWith("__")) return { ...EMPTY, depth: 1, aliases, cost: LEAF_COST };
    const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    const type = definition && getNamedType(definition.type);
    if (selectionSet === undefined) return { ...EMPTY, depth: 1, aliases, cost: LEAF_COST };
    const inner = measureSelections(selectionSet, type);
    const isItem = isConnection(parent) && ITEM_FIELDS.has(name);
    const own = isConnection(type) ? 1 + inner.cost + inner.costPerItem * pageSize(field) : 1 + inner.cost;
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + aliases,
      directives: inner.directives,
      cost: isItem ? 0 : own,
      costPerItem: isItem ? own : 0,
    };
  }

  function pageSize({ arguments: sent = [] }: FieldNode): number {
    for (const { name, value } of sent) {
      if (name.value !== "first" && name.value !== "last") continue;
      if (value.kind === Kind.NULL) continue;
      const size = value.kind === Kind.INT
        ? Number(value.value)
        : value.kind === Kind.VARIABLE
        ? variables[value.name.value] ?? LARGEST_PAGE
        : LARGEST_PAGE;
      return typeof size === "number" && size >= 0 ? Math.min(size, LARGEST_PAGE) : LARGEST_PAGE;
    }
    return DEFAULT_PAGE;
  }

  function typeNamed(name: string | undefined): GraphQLNamedType | undefined {
    const type = name === undefined ? undefined : schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

function isConnection(type: GraphQLNamedType | undefined): boolean {
  return type?.extensions["connection"] === true;
}

function add(one: SelectionSize, other: SelectionSize): SelectionSize {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
    cost: one.cost + other.cost,
    costPerItem: one.costPerItem + other.costPerItem,
  };
}
