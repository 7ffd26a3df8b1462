import type { ParameterDescriptor, Shape } from "../operation.ts";
import { MalformedTextError, readArray, readObject, readScalar } from "./decode_text.ts";

/** Decodes a piece of text after splitting at delimiters. */
export type Decode = (raw: string) => string;

const DELIMITERS = {
  spaceDelimited: /%20|\+| /,
  pipeDelimited: /\||%7[Cc]/,
} as const;

/**
 * Reads a parameter whose text is a single piece. That is a path variable, a header, or a query or cookie value that is
 * not exploded (OpenAPI 3.1, section 4.8.12.4). Splits before decoding, because encoded delimiters are data.
 *
 * @throws {MalformedTextError} if the text does not match the style.
 */
export function readStyled(raw: string, parameter: ParameterDescriptor, decode: Decode): unknown {
  const { style, explode, shape, name } = parameter;
  switch (style) {
    case "label":
      if (!raw.startsWith(".")) throw new MalformedTextError("must begin with a dot");
      return readDelimited(raw.slice(1), shape, { delimiter: explode ? "." : ",", explode, decode });
    case "matrix":
      return readMatrix(raw, parameter, decode);
    case "spaceDelimited":
    case "pipeDelimited":
      return readDelimited(raw, shape, { delimiter: DELIMITERS[style], explode: false, decode });
    case "deepObject":
      throw new MalformedTextError(`must be written as ${name}[member]=value`);
    default:
      return readDelimited(raw, shape, { delimiter: ",", explode: explode && style === "simple", decode });
  }
}

interface Delimited {
  readonly delimiter: string | RegExp;
  readonly explode: boolean;
  readonly decode: Decode;
}

function readDelimited(raw: string, shape: Shape, { delimiter, explode, decode }: Delimited): unknown {
  if (shape.kind !== "array" && shape.kind !== "object") return readScalar(decode(raw), shape);
  const pieces = raw === "" ? [] : raw.split(delimiter);
  if (shape.kind === "array") return readArray(pieces.map(decode), shape);
  return readObject(explode ? equalsPairs(pieces, decode) : alternatingPairs(pieces, decode), shape);
}

function readMatrix(raw: string, { name, explode, shape }: ParameterDescriptor, decode: Decode): unknown {
  if (!raw.startsWith(";")) throw new MalformedTextError("must begin with a semicolon");
  const pieces = raw.slice(1).split(";");
  if (explode && shape.kind === "object") return readObject(equalsPairs(pieces, decode), shape);
  const values = pieces.map((piece) => {
    const equals = piece.indexOf("=");
    if (decode(equals === -1 ? piece : piece.slice(0, equals)) !== name) {
      throw new MalformedTextError(`must be written as ;${name}=value`);
    }
    return equals === -1 ? "" : piece.slice(equals + 1);
  });
  if (explode && shape.kind === "array") return readArray(values.map(decode), shape);
  const [value = ""] = values;
  if (values.length > 1) throw new MalformedTextError("must not be repeated");
  return readDelimited(value, shape, { delimiter: ",", explode: false, decode });
}

function equalsPairs(pieces: readonly string[], decode: Decode): [string, string][] {
  return pieces.map((piece) => {
    const equals = piece.indexOf("=");
    if (equals === -1) throw new MalformedTextError("has a property without a value");
    return [decode(piece.slice(0, equals)), decode(piece.slice(equals + 1))];
  });
}

function alternatingPairs(pieces: readonly string[], decode: Decode): [string, string][] {
  if (pieces.length % 2 === 1) throw new MalformedTextError("has a property without a value");
  const pairs: [string, string][] = [];
  for (let i = 0; i < pieces.length; i += 2) {
    pairs.push([decode(pieces[i] ?? ""), decode(pieces[i + 1] ?? "")]);
  }
  return pairs;
}
