import type { ParameterDescriptor } from "../operation.ts";
import { MalformedTextError, readArray, readObject } from "./decode_text.ts";
import { type Decode, readStyled } from "./styles.ts";

/** Pair of a query or Cookie header with decoded name and raw value. */
export interface NamedPair {
  readonly name: string;
  readonly raw: string;
}

/** Options for reading pairs. */
export interface ReadPairsOptions {
  readonly decode: Decode;
  /** Names of all parameters in the same location, which are never properties of an exploded object. */
  readonly taken: ReadonlySet<string>;
}

/**
 * Reads a query or cookie parameter of any style; undefined if absent.
 *
 * @throws {MalformedTextError} if a parameter is malformed, or repeated although it is not an exploded list.
 */
export function readPairs(
  pairs: readonly NamedPair[],
  parameter: ParameterDescriptor,
  { decode, taken }: ReadPairsOptions,
): unknown {
  const { name, shape, style, explode } = parameter;
  if (shape.kind === "object" && style === "deepObject") {
    return membersOf(pairs, parameter, { decode, member: (pairName) => deepMember(pairName, name) });
  }
  if (shape.kind === "object" && explode && parameter.content === undefined) {
    const declared = (pairName: string): boolean =>
      Object.hasOwn(shape.properties, pairName) || (shape.additional !== undefined && !taken.has(pairName));
    return membersOf(pairs, parameter, {
      decode,
      member: (pairName) => declared(pairName) ? pairName : undefined,
    });
  }
  if (shape.kind === "array" && explode && parameter.content === undefined) {
    const own = pairs.filter((pair) => pair.name === name);
    return own.length === 0 ? undefined : readArray(own.map((pair) => decode(pair.raw)), shape);
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

function deepMember(pairName: string, name: string): string | undefined {
  if (!pairName.startsWith(`${name}[`)) return undefined;
  const member = pairName.slice(name.length + 1, -1);
  if (!pairName.endsWith("]") || member.includes("[") || member.includes("]")) {
    throw new MalformedTextError(`must be written as ${name}[member]=value`);
  }
  return member;
}
