import type { Exchange } from "../exchange.ts";
import type { Operation, ParameterDescriptor, ParameterLocation } from "../operation.ts";
import { parseJson } from "../body/json.ts";
import type { RequestFaults } from "../request_faults.ts";
import { splitCookies, splitPairs } from "./pairs.ts";
import { decodeFormText, decodePercent, MalformedTextError } from "./percent.ts";
import { type NamedPair, readPairs } from "./read_pairs.ts";
import { readStyled } from "./styles.ts";

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

/** The members of {@link Parameters} by location. */
export const RECORD_OF = { path: "path", query: "query", header: "headers", cookie: "cookies" } as const;

/** Prepares the decoding of an operation's parameters. */
export function compileParameters(operation: Operation): DecodeParameters {
  const at = (location: ParameterLocation): readonly ParameterDescriptor[] =>
    operation.parameters.filter((parameter) => parameter.in === location);
  const [path, query, header, cookie] = [at("path"), at("query"), at("header"), at("cookie")];
  const queryNames = new Set(query.map((parameter) => parameter.name));
  const cookieNames = new Set(cookie.map((parameter) => parameter.name));
  const headerReaders = header.map((parameter) => headerReader(parameter.name));

  return function decodeParameters(exchange, rawPath, faults): Parameters {
    const parameters: Parameters = { path: {}, query: {}, headers: {}, cookies: {} };
    for (const parameter of path) {
      store(parameters, parameter, {
        faults,
        read: () => readOne(rawPath[parameter.name], parameter, decodePercent),
      });
    }
    if (query.length > 0) {
      const pairs = namePairs(splitPairs(exchange.query), decodeFormText, { faults, in: "query" });
      for (const parameter of query) {
        const options = { decode: decodeFormText, taken: queryNames };
        store(parameters, parameter, { faults, read: () => readPairs(pairs, parameter, options) });
      }
    }
    for (const [index, parameter] of header.entries()) {
      const text = headerReaders[index]?.(exchange) ?? undefined;
      store(parameters, parameter, { faults, read: () => readOne(text, parameter, trim) });
    }
    if (cookie.length > 0) {
      const text = exchange.request.headers.get("cookie") ?? "";
      const pairs = namePairs(splitCookies(text), decodePercent, { faults, in: "cookie" });
      for (const parameter of cookie) {
        const options = { decode: decodePercent, taken: cookieNames };
        store(parameters, parameter, { faults, read: () => readPairs(pairs, parameter, options) });
      }
    }
    return parameters;
  };
}

interface Store {
  readonly faults: RequestFaults;
  readonly read: () => unknown;
}

function store(parameters: Parameters, parameter: ParameterDescriptor, { faults, read }: Store): void {
  const { name, in: location } = parameter;
  try {
    let value = read();
    if (value === undefined) value = parameter.default;
    else if (parameter.content === "json") value = parseJson(String(value));
    if (value !== undefined) parameters[RECORD_OF[location]][name] = value;
  } catch (error) {
    if (!(error instanceof MalformedTextError)) throw error;
    faults.addMalformed({ name, in: location, reason: error.message });
  }
}

function readOne(
  raw: string | undefined,
  parameter: ParameterDescriptor,
  decode: (raw: string) => string,
): unknown {
  if (raw === undefined) return undefined;
  return parameter.content === "json" ? decode(raw) : readStyled(raw, parameter, decode);
}

function namePairs(
  pairs: readonly { readonly name: string; readonly value: string }[],
  decode: (raw: string) => string,
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

function headerReader(name: string): (exchange: Exchange) => string | null {
  switch (name.toLowerCase()) {
    case "if-match":
      return (exchange) => exchange.fields.ifMatch;
    case "if-none-match":
      return (exchange) => exchange.fields.ifNoneMatch;
    case "x-request-id":
      return (exchange) => exchange.fields.requestId;
    default:
      return (exchange) => exchange.request.headers.get(name);
  }
}

function trim(text: string): string {
  return text.trim();
}
