import { collectFields } from "../body/form.ts";
import type { ParameterDescriptor, Shape } from "../operation.ts";
import { lastStep } from "../representation/json_pointer.ts";
import { MalformedTextError, readArray, readObject, readScalar } from "./decode_text.ts";
import { addValue, bracketPath, type Field, nestedShape, newField, readField } from "./nested_fields.ts";
import type { NamedPair } from "./pairs.ts";
import { type Decode, readStyled } from "./styles.ts";

/** Options for reading pairs. */
export interface ReadPairsOptions {
  readonly decode: Decode;
  /** Names of all parameters in the same location, which are never properties of an exploded object. */
  readonly taken: ReadonlySet<string>;
  /** Result of {@link hasNested}. */
  readonly isForm: boolean;
}

/**
 * Reads a query or cookie parameter of any style; undefined if absent.
 *
 * @throws {MalformedTextError} if a parameter is malformed, or repeated although it is not an exploded list.
 */
export function readPairs(
  pairs: readonly NamedPair[],
  parameter: ParameterDescriptor,
  { decode, taken, isForm }: ReadPairsOptions,
): unknown {
  const { name, shape, style, explode } = parameter;
  if (style === "deepObject") return readDeep(pairs, parameter, decode);
  if (shape.kind === "object" && explode && parameter.content === undefined) {
    const declared = (pairName: string): boolean =>
      Object.hasOwn(shape.properties, pairName) || (shape.additional !== undefined && !taken.has(pairName));
    if (isForm) return readForm(pairs.filter((pair) => declared(rootName(pair.name, shape))), shape, decode);
    return membersOf(pairs, parameter, {
      decode,
      member: (pairName) => declared(pairName) ? pairName : undefined,
    });
  }
  if (shape.kind === "array" && explode && parameter.content === undefined) {
    const own = pairs.filter((pair) => pair.name === name);
    return own.length === 0 ? undefined : readArray(own.map((pair) => decode(pair.raw)), shape);
  }
  if (shape.kind === "any" && shape.nested?.kind === "array" && explode) {
    // One text is not a list: the schema allows it, too.
    const own = pairs.filter((pair) => pair.name === name);
    if (own.length > 1) return readArray(own.map((pair) => decode(pair.raw)), shape.nested);
  }
  const raw = onlyOne(pairs, name);
  if (raw === undefined) return undefined;
  return parameter.content === "json" ? decode(raw) : readStyled(raw, parameter, decode);
}

function onlyOne(pairs: readonly NamedPair[], name: string): string | undefined {
  let raw: string | undefined;
  for (const pair of pairs) {
    if (pair.name !== name) continue;
    if (raw !== undefined) throw new MalformedTextError("must not be repeated");
    raw = pair.raw;
  }
  return raw;
}

interface Members {
  readonly decode: Decode;
  /** Returns the property for a pair's name, undefined if the pair belongs to another parameter. */
  readonly member: (pairName: string) => string | undefined;
}

function membersOf(
  pairs: readonly NamedPair[],
  { shape }: ParameterDescriptor,
  { decode, member }: Members,
): unknown {
  const members = new Map<string, string>();
  for (const pair of pairs) {
    const key = member(pair.name);
    if (key === undefined) continue;
    if (members.has(key)) throw new MalformedTextError("has a duplicate property");
    members.set(key, decode(pair.raw));
  }
  return members.size === 0 ? undefined : readObject(members, shape);
}

/** Whether an object has lists or objects in it, so that its exploded properties are read like the fields of a form. */
export function hasNested(shape: Shape): boolean {
  return shape.kind === "object" &&
    [...Object.values(shape.properties), shape.additional].some((inner) =>
      inner !== undefined && (inner.kind === "json" || nestedShape(inner) !== undefined)
    );
}

/** Returns the property of an exploded object that a name belongs to: `a` for `a[b]`, unless that is one itself. */
function rootName(name: string, shape: Shape): string {
  const bracket = name.indexOf("[");
  const isOwn = shape.kind === "object" && Object.hasOwn(shape.properties, name);
  return bracket < 1 || isOwn ? name : name.slice(0, bracket);
}

/** Reads an exploded object with lists or objects in it like a form: lists are repeated, objects are JSON or brackets. */
function readForm(pairs: readonly NamedPair[], shape: Shape, decode: Decode): unknown {
  if (pairs.length === 0) return undefined;
  const { value, errors: [error] } = collectFields(pairs.map(({ name, raw }) => [name, decode(raw)]), shape);
  if (error !== undefined) throw new MalformedTextError(`${lastStep(error.pointer)}: ${error.reason}`);
  return value;
}

/** Reads `name[a]=1&name[b][]=2`, the style deepObject with its common extension to lists and inner objects. */
function readDeep(
  pairs: readonly NamedPair[],
  { name, shape }: ParameterDescriptor,
  decode: Decode,
): unknown {
  let root: Field<string> | undefined;
  for (const pair of pairs) {
    if (pair.name !== name && !pair.name.startsWith(`${name}[`)) continue;
    const path = pair.name === name ? [] : bracketPath(pair.name.slice(name.length));
    if (path === undefined || (path.length === 0 && nestedShape(shape) === shape)) {
      throw new MalformedTextError(`must be written as ${name}[member]=value`);
    }
    root ??= newField();
    addValue(root, decode(pair.raw), { path, shape, name });
  }
  if (root === undefined) return undefined;
  return readField(root, { shape, path: [], read: (values, at) => readTexts(values, at.shape) });
}

function readTexts(texts: readonly string[], shape: Shape): unknown {
  const list = shape.kind === "any" && texts.length > 1 ? shape.nested ?? shape : shape;
  if (list.kind === "array") return readArray(texts, list);
  if (texts.length > 1) throw new MalformedTextError("has a duplicate property");
  return readScalar(texts[0] ?? "", shape);
}
