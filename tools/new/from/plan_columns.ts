import type { JsonValue } from "@archway/server/operation.ts";
import { columnName } from "@archway/service_kit/select_list.ts";
import { checkProperty } from "../reserved_words.ts";
import { NewError } from "../usage_error.ts";
import type { Column, InputMember, Key, Member, MemberSource } from "./collection.ts";
import { type ColumnType, columnType } from "./column_type.ts";
import type { Located } from "../../oapi_codegen/document/json_value.ts";
import type { FoundItem } from "./find_item.ts";
import { isSubschema } from "./is_subschema.ts";
import { mergedSchema, type ObjectShape, objectShape, type PropertyShape } from "./object_shape.ts";
import { type Planning, Unsupported } from "./planning.ts";
import type { ValueTypes } from "./value_types.ts";
import { spelled, wordsOf } from "./resource_names.ts";

/** Properties that every entity has in addition to its columns. */
const OWN = ["key", "version"];
const CREATED =
  /^(?:(?:created|creation|inserted)(?:at|on|date|time|timestamp)?|date(?:created|added)|createtime)$/;
const UPDATED =
  /^(?:(?:updated|modified|changed|lastupdated|lastmodified)(?:at|on|date|time|timestamp)?|dateupdated|updatetime)$/;

/** Item of a collection, its key, and the types of its structured values. */
export interface PlannedItem {
  readonly item: FoundItem;
  readonly key: Key;
  readonly values: ValueTypes;
}

/** Body of a request. */
interface PlannedBody {
  readonly schema: Located;
  readonly shape: ObjectShape;
}

/** Whether a column stores whole bodies. */
export function isWhole({ property }: Column): boolean {
  return property === "";
}

/**
 * Returns the columns of the properties that clients write with the body of a creation; one for the whole body if the
 * item has more than properties.
 *
 * @throws {Unsupported} if there are none.
 */
export function planColumns(
  { item, key, values }: PlannedItem,
  body: PlannedBody,
  planning: Planning,
): readonly Column[] {
  const columns = item.shape.isPlain && body.shape.isPlain
    ? propertyColumns({ item, key, values }, body.shape, planning)
    : [];
  if (columns.length > 0) {
    const { length } = lostProperties(body.shape, { key, columns, planning });
    const count = columns.length + length;
    if (count >= MANY && columns.length * 2 < count) {
      throw new Unsupported(
        `only ${columns.length} of the ${count} properties of its body can be stored and returned`,
      );
    }
    return columns;
  }
  if (targetOf(item.schema, planning) !== targetOf(body.schema, planning)) {
    throw new Unsupported(
      isEnvelope(body.shape, planning)
        ? "its body is an envelope around the item; envelopes of requests are not read"
        : item.shape.isPlain
        ? "its body has no property of the item"
        : "its item has alternatives, or members of any name, and its body is another one",
    );
  }
  const jsonType = values.of("body", [item.schema]);
  return [{
    property: "",
    name: "body",
    type: { kind: "json", isNullable: false },
    isOptional: false,
    jsonType,
  }];
}

/** Whether the only property of a body is an object. */
function isEnvelope({ properties }: ObjectShape, { references }: Planning): boolean {
  const [only, ...others] = properties.values();
  return only !== undefined && others.length === 0 &&
    only.schemas.some((schema) => objectShape(schema, references) !== undefined);
}

/** Number of properties of a body that may be lost only in part. */
const MANY = 4;

/** Returns the properties of a body that clients write, and that are neither stored nor returned. */
export function lostProperties(
  body: ObjectShape,
  { key, columns, planning: { references } }: {
    readonly key: Key;
    readonly columns: readonly Column[];
    readonly planning: Planning;
  },
): readonly string[] {
  const stored = new Set([key.property, ...columns.map(({ property }) => property)]);
  // Clients do not send what is read-only (OpenAPI 3.1, section 4.8.24.1).
  return [...body.properties.values()].filter((property) =>
    !stored.has(property.name) && mergedSchema(property, references)["readOnly"] !== true
  ).map(({ name }) => name);
}

/** Returns the pointer of a schema without references. */
export function targetOf(schema: Located, { references }: Planning): string {
  return references.follow(schema)?.pointer ?? schema.pointer;
}

function propertyColumns(
  { item: { shape }, key, values }: PlannedItem,
  body: ObjectShape,
  planning: Planning,
): readonly Column[] {
  const names = new Set<string>();
  return [...shape.properties.values()].flatMap((property) => {
    const sent = body.properties.get(property.name);
    if (property.name === key.property || sent === undefined) return [];
    if (!isCompatible(sent, property, planning) || isReadOnly(property, sent, planning)) return [];
    if (isSecret(property, sent, planning)) return [];
    const own = columnType(property, planning.references);
    const name = uniqueName(property.name, names);
    return [{
      ...{ property: property.name, name, type: own },
      isOptional: !property.isRequired && !hasDefault(property, planning),
      jsonType: own.kind === "json" ? values.of(property.name, property.schemas) : undefined,
    }];
  });
}

/**
 * Returns the members of a body that are stored.
 *
 * @throws {Unsupported} if whole bodies are stored, and it is another one.
 */
export function planInput(
  columns: readonly Column[],
  { schema, shape: body }: PlannedBody,
  { item: { shape: item, schema: itemSchema }, planning }: {
    readonly item: FoundItem;
    readonly planning: Planning;
  },
): readonly InputMember[] {
  const whole = columns.find(isWhole);
  if (whole !== undefined) {
    if (targetOf(schema, planning) !== targetOf(itemSchema, planning)) {
      throw new Unsupported("its body is another one than the stored one");
    }
    return [{ column: whole, isOptional: false, isNullable: false, fallback: undefined }];
  }
  return columns.flatMap((column) => {
    const [sent, own] = [body.properties.get(column.property), item.properties.get(column.property)];
    if (sent === undefined || own === undefined || !isCompatible(sent, own, planning)) return [];
    const isOptional = !sent.isRequired && !hasDefault(sent, planning);
    const { isNullable } = columnType(sent, planning.references);
    const mayLack = (isOptional || isNullable && !column.type.isNullable) && !column.isOptional;
    const fallback = mayLack && !(isOptional && column.type.isNullable)
      ? plainestOf(own, planning)
      : undefined;
    return [{ column, isOptional, isNullable, fallback }];
  });
}

/** Sources of the members of a representation. */
interface MemberSources {
  readonly columns: readonly Column[];
  readonly key: Key;
  readonly item: ObjectShape;
  readonly planning: Planning;
}

/**
 * Returns the members of a representation, and the properties that nothing sets.
 *
 * @throws {Unsupported} if a required property is of another type than the column.
 */
export function planMembers(
  shape: ObjectShape,
  { columns, key, item, planning }: MemberSources,
): { readonly members: readonly Member[]; readonly unset: readonly string[] } {
  const members: Member[] = [];
  const unset: string[] = [];
  for (const property of shape.properties.values()) {
    const isRequired = property.isReturned || hasDefault(property, planning);
    const source = sourceOf(property, { columns, key, item, planning }) ??
      (isRequired ? constantOf(property, planning) : undefined);
    if (source === undefined) unset.push(property.name);
    else members.push({ property: property.name, isRequired, source });
  }
  return { members, unset };
}

function sourceOf(
  property: PropertyShape,
  { columns, key, item, planning }: MemberSources,
): MemberSource | undefined {
  const { name } = property;
  const original = item.properties.get(name);
  const isSame = original !== undefined && isCompatible(original, property, planning);
  if (name === key.property && isSame) return { kind: "key" };
  const column = columns.find((one) => one.property === name);
  if (column !== undefined && isSame) {
    const isRequired = property.isReturned || hasDefault(property, planning);
    const { isNullable } = columnType(property, planning.references);
    const mayLack = isRequired && !isNullable && (column.isOptional || column.type.isNullable);
    return {
      ...{ kind: "column", column, isNullable },
      fallback: mayLack ? plainestOf(property, planning) : undefined,
    };
  }
  if (columnType(property, planning.references).kind !== "timestamp") return undefined;
  const bareName = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  if (CREATED.test(bareName)) return { kind: "createdAt" };
  return UPDATED.test(bareName) ? { kind: "updatedAt" } : undefined;
}

function constantOf(property: PropertyShape, planning: Planning): MemberSource {
  const { kind, values } = columnType(property, planning.references);
  const isDone = kind === "boolean" && /^(?:deleted|success|ok|removed|acknowledged)$/i.test(property.name);
  if (isDone) return { kind: "constant", value: true };
  const [first] = values ?? [];
  const value = first ?? plainestOf(property, planning);
  if (value === undefined) throw new Unsupported(`no value for its property ${property.name} was found`);
  return { kind: "constant", value };
}

function plainestOf({ schemas }: PropertyShape, { sampler }: Planning): JsonValue | undefined {
  for (const schema of schemas.toReversed()) {
    const value = sampler.plainest(schema);
    if (value !== undefined && schemas.every((other) => sampler.isValid(other, value))) return value;
  }
  return undefined;
}

function hasDefault(property: PropertyShape, { references }: Planning): boolean {
  return mergedSchema(property, references)["default"] !== undefined;
}

function isReadOnly(property: PropertyShape, sent: PropertyShape, { references }: Planning): boolean {
  return [property, sent].some((one) => mergedSchema(one, references)["readOnly"] === true);
}

/** Whether a property must not be stored as it is. */
function isSecret(property: PropertyShape, sent: PropertyShape, { references }: Planning): boolean {
  return /passw|secret/i.test(property.name) || [property, sent].some((one) => {
    const { writeOnly, format } = mergedSchema(one, references);
    return writeOnly === true || format === "password";
  });
}

/** Whether all values of one property may be values of the other. */
function isCompatible(from: PropertyShape, to: PropertyShape, { references }: Planning): boolean {
  if (from === to) return true;
  const [source, target] = [columnType(from, references), columnType(to, references)];
  if (source.kind !== target.kind) return false;
  if (source.kind === "json") return isSubschema(from, to, { references });
  return isSubset(source, target);
}

function isSubset({ values }: ColumnType, target: ColumnType): boolean {
  if (target.values === undefined) return true;
  return values !== undefined && values.every((value) => target.values?.includes(value));
}

/** Returns the name of a property in the domain, whose column no other one has. */
function uniqueName(property: string, taken: Set<string>): string {
  const words = wordsOf(property);
  const name = spelled(words === "" ? "value" : words);
  const isReserved = OWN.includes(name.camel) || !isUsable(name);
  const base = isReserved ? `${name.camel}Value` : name.camel;
  let unique = base;
  for (let count = 2; taken.has(columnName(unique)); count++) unique = `${base}${count}`;
  taken.add(columnName(unique));
  return unique;
}

function isUsable(name: Parameters<typeof checkProperty>[0]): boolean {
  try {
    checkProperty(name);
    return true;
  } catch (error) {
    if (!(error instanceof NewError)) throw error;
    return false;
  }
}
