import type { Exchange } from "../request/exchange.ts";
import type { ParameterDescriptor } from "../operation.ts";
import { decodeFormText, decodePercent } from "./percent.ts";
import { type NamedPair, readPairs } from "./read_pairs.ts";
import { readScalar } from "./shape.ts";
import { type Decode, readStyled } from "./styles.ts";

/** Where the texts of a request's parameters are. */
export interface ParameterSources {
  readonly exchange: Exchange;
  /** The path's variables as they were sent. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly NamedPair[];
  readonly cookies: readonly NamedPair[];
}

/**
 * Reads one parameter; undefined when it is absent. Of a `content: application/json` parameter it gives the JSON text.
 * Throws a MalformedTextError when the text does not have the parameter's style.
 */
export type ParameterReader = (sources: ParameterSources) => unknown;

/** Prepares the reading of a parameter. `taken` are the names of all parameters of its place. */
export function compileReader(parameter: ParameterDescriptor, taken: ReadonlySet<string>): ParameterReader {
  const { name } = parameter;
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
      return ({ query }) => readPairs(query, parameter, { decode: decodeFormText, taken });
    case "cookie":
      return ({ cookies }) => readPairs(cookies, parameter, { decode: decodePercent, taken });
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
    default:
      return (exchange) => exchange.request.headers.get(name);
  }
}

function trim(text: string): string {
  return text.trim();
}
