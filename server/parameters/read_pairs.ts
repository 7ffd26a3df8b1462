import type { ParameterDescriptor } from "../operation.ts";
import { MalformedTextError, readArray, readObject } from "./decode_text.ts";
import { type Decode, readStyled } from "./styles.ts";

/** A pair of a query or a cookie header: its name decoded, its value as it was sent. */
export interface NamedPair {
  readonly name: string;
  readonly raw: string;
}

/** How pairs are read. */
export interface ReadPairsOptions {
  readonly decode: Decode;
  /** The names of the operation's other parameters: never members of an exploded object. */
  readonly taken: ReadonlySet<string>;
}

/**
 * Reads a query or cookie parameter of any style from all pairs of its place; undefined when it is absent.
 * @throws {MalformedTextError} when a scalar or a list in one piece is given more than once, or is malformed.
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
  /** The member that a pair's name stands for, undefined for one of another parameter. */
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
