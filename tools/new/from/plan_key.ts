import type { OperationModel, ParameterModel } from "../../oapi_codegen/operations/model.ts";
import type { CollectionOperations } from "./collection_operations.ts";
import type { Key, SampleKeys } from "./collection.ts";
import type { ResourceNames } from "./resource_names.ts";
import { columnType } from "./column_type.ts";
import { mergedSchema, type ObjectShape } from "./object_shape.ts";
import { bare, type Planning, Unsupported } from "./planning.ts";

/** Names of keys if that of the parameter is not one of the item. */
const USUAL = ["id", "uuid", "gid", "sid"];
const UUID = "0193a3f0-0000-7000-8000-000000000001";

/** Returns the parameter of an item's path; undefined for a collection alone. */
export function keyParameter(operation: OperationModel | undefined): ParameterModel | undefined {
  return operation?.parameters.find((parameter) => parameter.in === "path");
}

/** Returns the property of an object that is the key of an item; undefined if there is none. */
export function keyProperty(
  shape: ObjectShape,
  { parameter, names }: { readonly parameter: string | undefined; readonly names: ResourceNames },
): string | undefined {
  const singular = bare(names.singular.kebab);
  const written = bare(parameter ?? "");
  const suffix = written.startsWith(singular) ? [written.slice(singular.length)] : [];
  const wanted = [written, ...suffix, ...USUAL, `${singular}id`].filter((name) => name !== "");
  const properties = [...shape.properties.keys()];
  for (const name of wanted) {
    const found = properties.find((property) => bare(property) === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Returns the key of the items.
 *
 * @param body properties of the body that creates an item
 * @throws {Unsupported} if no property identifies an item, or the server cannot make one.
 */
export function planKey(
  { property, item, body }: {
    readonly property: string;
    readonly item: ObjectShape;
    readonly body: ObjectShape | undefined;
  },
  { references, sampler }: Planning,
): Key {
  const shape = item.properties.get(property);
  if (shape === undefined) throw new Unsupported("no property identifies an item");
  const { kind, values } = columnType(shape, references);
  const type = kind === "integer" ? "bigint" : kind;
  if ((type !== "bigint" && type !== "text" && type !== "uuid") || values !== undefined) {
    throw new Unsupported(`its key ${property} is neither a text nor an integer`);
  }
  const sent = body?.properties.get(property);
  const isReadOnly = [shape, ...(sent === undefined ? [] : [sent])].some((one) =>
    mergedSchema(one, references)["readOnly"] === true
  );
  const namedBy = sent === undefined || isReadOnly ? "server" : sent.isRequired ? "client" : "either";
  const isMade = type !== "text" || shape.schemas.every((schema) => sampler.isValid(schema, UUID));
  if (namedBy !== "client" && !isMade) {
    throw new Unsupported(`its key ${property} cannot be a UUID, so the server cannot generate it`);
  }
  return { property, kind: type, namedBy };
}

/** Number of keys for tests. */
const KEYS = 6;

/**
 * Returns keys that the document allows.
 *
 * @throws {Unsupported} if none are found.
 */
export function sampleKeys(
  { key, item, operations: { read } }: {
    readonly key: Key;
    readonly item: ObjectShape;
    readonly operations: CollectionOperations;
  },
  { sampler }: Planning,
): SampleKeys {
  const schemas = [
    ...item.properties.get(key.property)?.schemas ?? [],
    ...(read === undefined ? [] : [keyParameter(read)?.schema ?? []].flat()),
  ];
  const isAllowed = (value: string | number): boolean =>
    schemas.every((schema) => sampler.isValid(schema, value) || sampler.isValid(schema, String(value)));
  const found = [
    ...candidates(key, schemas.flatMap((schema) => sampler.sample(schema, { optional: false }) ?? [])),
  ]
    .filter(isAllowed).slice(0, KEYS);
  const missing = found.at(-1);
  if (missing === undefined || found.length < KEYS) throw new Unsupported("no keys for its tests were found");
  return { made: found.slice(0, -1), missing };
}

/** Yields different keys of a kind, also such as a sample. */
function* candidates({ kind }: Key, samples: readonly unknown[]): Generator<string | number> {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  if (kind === "bigint") {
    yield* digits;
    for (const start of [1000, 1_000_000]) yield* digits.map((digit) => start + digit);
    return;
  }
  if (kind === "text") yield* ["first", "second", "third", "fourth", "fifth", "sixth"];
  yield* digits.map((digit) => `${UUID.slice(0, -1)}${digit}`);
  for (const sample of samples) {
    if (typeof sample === "string") yield* digits.map((digit) => `${sample.slice(0, -1)}${digit}`);
  }
}
