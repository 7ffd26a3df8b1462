import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

/** Integer of 64 bits, as text: JSON numbers are exact only up to 2^53. */
export const INT64: GraphQLScalarType = new GraphQLScalarType({
  name: "Int64",
  description:
    'Integer of 64 bits as a decimal text, such as "9007199254740993"; inputs may also be integers.',
  coerceOutputValue: (value) => String(value),
  coerceInputValue: (value) => readInteger(typeof value === "number" ? String(value) : value),
  coerceInputLiteral: (node) =>
    readInteger(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined),
});

function readInteger(text: unknown): number | bigint {
  if (typeof text !== "string" || !/^-?(?:0|[1-9][0-9]{0,18})$/.test(text)) {
    throw new GraphQLError("Int64 must be an integer of 64 bits, or its decimal text");
  }
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Exact decimal number, as text. */
export const DECIMAL: GraphQLScalarType = textScalar("Decimal", {
  description: 'Exact decimal number as text, such as "12.30".',
  pattern: /^-?[0-9]+(?:\.[0-9]+)?$/,
});

/** Point in time of RFC 3339. */
export const DATE_TIME: GraphQLScalarType = textScalar("DateTime", {
  description: 'Date and time of RFC 3339, such as "2026-11-25T10:00:00.123456Z".',
  pattern: /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}/,
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
});

/** Date of RFC 3339. */
export const DATE: GraphQLScalarType = textScalar("Date", {
  description: 'Date of RFC 3339, such as "2026-11-25".',
  pattern: /^\d{4}-\d{2}-\d{2}$/,
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
});

/** Any JSON value. */
export const JSON_VALUE: GraphQLScalarType = new GraphQLScalarType({
  name: "JSON",
  description: "Any JSON value.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc8259",
});

/** Scalar of texts. The schema of the operation validates them further. */
function textScalar(
  name: string,
  { pattern, ...config }: {
    readonly description: string;
    readonly pattern: RegExp;
    readonly specifiedByURL?: string;
  },
): GraphQLScalarType {
  const read = (text: unknown): string => {
    if (typeof text === "string" && pattern.test(text)) return text;
    throw new GraphQLError(`${name} must be a text. ${config.description}`);
  };
  return new GraphQLScalarType({
    name,
    ...config,
    coerceOutputValue: (value) => String(value),
    coerceInputValue: read,
    coerceInputLiteral: (node) => read(node.kind === Kind.STRING ? node.value : undefined),
  });
}
