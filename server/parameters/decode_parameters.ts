import { parseJson } from "../body/json.ts";
import type { Operation, ParameterDescriptor, ParameterLocation } from "../operation.ts";
import type { RequestErrors } from "../problems/request_errors.ts";
import type { Exchange } from "../request/exchange.ts";
import { decodeFormText, decodePercent, MalformedTextError, readScalar } from "./decode_text.ts";
import {
  compileDeclared,
  type NamedPair,
  namePairs,
  refuseUndeclared,
  splitCookies,
  splitPairs,
} from "./pairs.ts";
import { hasNested, readPairs } from "./read_pairs.ts";
import { type Decode, readStyled } from "./styles.ts";

/** Parameters of a request by location and name, without absent ones that have no default. */
export interface Parameters {
  readonly path: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly headers: Record<string, unknown>;
  readonly cookies: Record<string, unknown>;
}

/** Decodes the parameters of an operation; malformed ones are omitted and added to the errors. */
export type DecodeParameters = (
  exchange: Exchange,
  rawPath: Readonly<Record<string, string>>,
  errors: RequestErrors,
) => Parameters;

const RECORD_OF = { path: "path", query: "query", header: "headers", cookie: "cookies" } as const;
const NO_PAIRS: readonly NamedPair[] = [];

/** Prepares the decoding of an operation's parameters. */
export function compileParameters({ parameters, security }: Operation): DecodeParameters {
  const keys = security.flat().filter((scheme) => scheme.kind === "apiKey");
  const namesAt = (location: ParameterLocation): Set<string> =>
    new Set(
      [...parameters, ...keys].filter((parameter) => parameter.in === location).map(({ name }) => name),
    );
  const readers = parameters.map((parameter) => ({
    parameter,
    record: RECORD_OF[parameter.in],
    read: compileReader(parameter, namesAt(parameter.in)),
  }));
  const isParameter = compileDeclared(parameters.filter((parameter) => parameter.in === "query"));
  const queryKeys = new Set(keys.filter((scheme) => scheme.in === "query").map(({ name }) => name));
  const isDeclared = queryKeys.size === 0
    ? isParameter
    : (name: string): boolean => isParameter(name) || queryKeys.has(name);
  const hasCookies = parameters.some((parameter) => parameter.in === "cookie");

  return function decodeParameters(exchange, rawPath, errors): Parameters {
    const decoded: Parameters = { path: {}, query: {}, headers: {}, cookies: {} };
    const query = exchange.query === "" ? NO_PAIRS : readQuery(exchange.query, errors);
    const sources = {
      exchange,
      path: rawPath,
      query,
      cookies: hasCookies
        ? namePairs(splitCookies(exchange.request.headers.get("cookie") ?? ""), decodePercent, {
          errors,
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
        errors.addMalformed({ name: parameter.name, in: parameter.in, reason: error.message });
      }
    }
    return decoded;
  };

  function readQuery(text: string, errors: RequestErrors): readonly NamedPair[] {
    const pairs = namePairs(splitPairs(text), decodeFormText, { errors, in: "query" });
    refuseUndeclared(pairs, isDeclared, errors);
    return pairs;
  }
}

/** Returns a copy of the default, so that a handler cannot change it for later requests. */
function freshDefault({ default: value }: ParameterDescriptor): unknown {
  return typeof value === "object" ? structuredClone(value) : value;
}

/** Raw parameters of a request. */
export interface ParameterSources {
  readonly exchange: Exchange;
  /** Path variables as sent. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly NamedPair[];
  readonly cookies: readonly NamedPair[];
}

/**
 * Reads one parameter, undefined if absent. For `content: application/json` it returns the JSON text. Throws a
 * MalformedTextError if the text does not match the parameter's style.
 */
export type ParameterReader = (sources: ParameterSources) => unknown;

/**
 * Prepares the reading of a parameter.
 *
 * @param taken Names of all parameters in the same location.
 */
function compileReader(parameter: ParameterDescriptor, taken: ReadonlySet<string>): ParameterReader {
  const { name } = parameter;
  const isForm = hasNested(parameter.shape);
  switch (parameter.in) {
    case "path": {
      const read = compileText(parameter, decodePercent);
      return ({ path }) => readPresent(path[name], read);
    }
    case "header": {
      const read = compileText(parameter, trim);
      const field = headerField(name);
      return ({ exchange }) => readPresent(field(exchange) ?? undefined, read);
    }
    case "query":
      return ({ query }) => readPairs(query, parameter, { decode: decodeFormText, taken, isForm });
    case "cookie":
      return ({ cookies }) => readPairs(cookies, parameter, { decode: decodePercent, taken, isForm });
  }
}

function readPresent(raw: string | undefined, read: (raw: string) => unknown): unknown {
  return raw === undefined ? undefined : read(raw);
}

function compileText(parameter: ParameterDescriptor, decode: Decode): (raw: string) => unknown {
  const { shape, style, content } = parameter;
  if (content === "json") return decode;
  if (style === "simple" && shape.kind !== "array" && shape.kind !== "object") {
    return (raw) => readScalar(decode(raw), shape);
  }
  return (raw) => readStyled(raw, parameter, decode);
}

function headerField(name: string): (exchange: Exchange) => string | null {
  switch (name.toLowerCase()) {
    case "if-match":
      return (exchange) => exchange.fields.ifMatch;
    case "if-none-match":
      return (exchange) => exchange.fields.ifNoneMatch;
    case "x-request-id":
      return (exchange) => exchange.fields.requestId;
    case "range":
      // Defined for GET alone (RFC 9110, section 14.2).
      return ({ method, request }) => method === "HEAD" ? null : request.headers.get(name);
    default:
      return (exchange) => exchange.request.headers.get(name);
  }
}

function trim(text: string): string {
  return text.trim();
}
