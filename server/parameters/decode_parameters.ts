import { parseJson } from "../body/json.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Operation, ParameterDescriptor, ParameterLocation } from "../operation.ts";
import type { RequestFaults } from "../problems/request_faults.ts";
import { compileReader } from "./compile_reader.ts";
import { type RawPair, splitCookies, splitPairs } from "./pairs.ts";
import { decodeFormText, decodePercent, MalformedTextError } from "./percent.ts";
import type { NamedPair } from "./read_pairs.ts";
import type { Decode } from "./styles.ts";

/** The parameters of a request by place and name. What is absent and has no default is not a member. */
export interface Parameters {
  readonly path: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly headers: Record<string, unknown>;
  readonly cookies: Record<string, unknown>;
}

/** Decodes the parameters of one operation; faults go to the list, and their parameters are left out. */
export type DecodeParameters = (
  exchange: Exchange,
  rawPath: Readonly<Record<string, string>>,
  faults: RequestFaults,
) => Parameters;

const RECORD_OF = { path: "path", query: "query", header: "headers", cookie: "cookies" } as const;
const NO_PAIRS: readonly NamedPair[] = [];

/** Prepares the decoding of an operation's parameters. */
export function compileParameters({ parameters }: Operation): DecodeParameters {
  const namesAt = (location: ParameterLocation): Set<string> =>
    new Set(parameters.filter((parameter) => parameter.in === location).map(({ name }) => name));
  const readers = parameters.map((parameter) => ({
    parameter,
    record: RECORD_OF[parameter.in],
    read: compileReader(parameter, namesAt(parameter.in)),
  }));
  const isDeclared = compileDeclared(parameters.filter((parameter) => parameter.in === "query"));
  const hasCookies = namesAt("cookie").size > 0;

  return function decodeParameters(exchange, rawPath, faults): Parameters {
    const decoded: Parameters = { path: {}, query: {}, headers: {}, cookies: {} };
    const query = exchange.query === ""
      ? NO_PAIRS
      : namePairs(splitPairs(exchange.query), decodeFormText, { faults, in: "query" });
    refuseUndeclared(query, isDeclared, faults);
    const sources = {
      exchange,
      path: rawPath,
      query,
      cookies: hasCookies
        ? namePairs(splitCookies(exchange.request.headers.get("cookie") ?? ""), decodePercent, {
          faults,
          in: "cookie",
        })
        : NO_PAIRS,
    };
    for (const { parameter, record, read } of readers) {
      try {
        let value = read(sources);
        if (value === undefined) value = freshDefault(parameter);
        else if (parameter.content === "json") value = parseJson(String(value));
        if (value !== undefined) decoded[record][parameter.name] = value;
      } catch (error) {
        if (!(error instanceof MalformedTextError)) throw error;
        faults.addMalformed({ name: parameter.name, in: parameter.in, reason: error.message });
      }
    }
    return decoded;
  };
}

/** A copy: what a handler does to it must not reach the next request. */
function freshDefault({ default: value }: ParameterDescriptor): unknown {
  return typeof value === "object" ? structuredClone(value) : value;
}

/** Longer names of undeclared parameters are not repeated in an answer. */
const MAX_NAME_LENGTH = 100;

/** Says whether a pair of the query belongs to one of the declared parameters: a misspelt name is not overlooked. */
function compileDeclared(parameters: readonly ParameterDescriptor[]): (pairName: string) => boolean {
  const names = new Set<string>();
  const prefixes: string[] = [];
  let open = false;
  for (const { name, shape, style, explode } of parameters) {
    if (shape.kind !== "object" || !explode) names.add(name);
    else if (style === "deepObject") prefixes.push(`${name}[`);
    else {
      for (const member of Object.keys(shape.properties)) names.add(member);
      open ||= shape.additional !== undefined;
    }
  }
  return (pairName) => open || names.has(pairName) || prefixes.some((prefix) => pairName.startsWith(prefix));
}

function refuseUndeclared(
  query: readonly NamedPair[],
  isDeclared: (pairName: string) => boolean,
  faults: RequestFaults,
): void {
  for (const { name } of query) {
    if (isDeclared(name)) continue;
    const shown = name.length <= MAX_NAME_LENGTH ? name : "query";
    faults.addMalformed({ name: shown, in: "query", reason: "is not a parameter of this operation" });
  }
}

function namePairs(
  pairs: readonly RawPair[],
  decode: Decode,
  { faults, in: location }: { faults: RequestFaults; in: ParameterLocation },
): NamedPair[] {
  const named: NamedPair[] = [];
  for (const { name, value } of pairs) {
    try {
      named.push({ name: decode(name), raw: value });
    } catch (error) {
      if (!(error instanceof MalformedTextError)) throw error;
      faults.addMalformed({ name: location, in: location, reason: `has a name that ${error.message}` });
    }
  }
  return named;
}
