import { cells, type Expectation, type Row, type Statuses, type Theme, words } from "../row.ts";
import type { Operation, Parameter, Schema } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";
import { FRESH, withoutPlaceholders } from "./sample_of.ts";
import { textsFor } from "./values.ts";

/** Names of parameters that hold a place in a list: opaque, whatever their schema is. */
export const CURSOR_NAMES =
  /^(?:after|before|cursor|(?:next_?)?page_?token|starting_?after|ending_?before|continuation_?token)$/i;

/** Values of header fields that are quoted, listed or escaped in wrong ways. */
const FIELD_VALUES = [
  ...words(
    `{marker} 1 "1 1" '1' " "1""2" "1";"2" "a"b" w/"1" W"1" W/ , ,,, ** \xff "1"\\ null {"1"} <1> '"a";q=1' a;b a=b
    a@b (a) () {} ?1 @1659578233 %"f%c3%bc" "\xe9" \xe9 \xff\xfe "{marker} {marker}" a, :YWJj: * 1.5 "\xd0\xba" \xf0\x9f\x94\x91`,
  ),
  ...cells(`"1" "2" ¦ "a b" ¦ W/ "1" ¦ * * ¦ *, "1" ¦ "1", * ¦ a b ¦ a, b ¦ "a", "b" ¦ "a\\b" ¦ "a\\" ¦ "a\tb"
    ${"a".repeat(256)} ¦ "${"a".repeat(256)}" ¦ "${'\\"'.repeat(256)}" ¦ ${"a".repeat(5_000)}`),
  ...["", " "],
];

/** Names of parameters that no operation has, and malformed pairs. */
const UNKNOWN = words(
  `qzUnknown=1 qzUnknown={marker} __proto__=1 toString=1 offset=1 fields=* callback=x _method=DELETE
  qz%00=1 %zz=1 %ff=1 =1 = constructor[prototype][x]=1 {marker}${"x".repeat(200)}=1
  ${Array.from({ length: 500 }, (_, index) => `x${index}=1`).join("&")}`,
);

/** Parameters out of their bounds, types and formats, missing, repeated and unknown. */
export function parameterRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.flatMap((operation) => [
    ...operation.parameters.flatMap((parameter) => ofParameter(derivation, operation, parameter)),
    ...ofQuery(derivation, operation),
  ]);
  return { name: "parameters", section: "RFC 9110, section 15.5.1", rows };
}

function ofParameter(derivation: Derivation, operation: Operation, parameter: Parameter): readonly Row[] {
  const { name, schema, required, in: location } = parameter;
  const wrong = { status: derivation.declared(operation, 400, 422), fault: name };
  if (location === "header") return ofField(derivation, operation, { parameter, wrong });
  if (location !== "path" && location !== "query") return [];
  const isQuery = location === "query";
  const kind = derivation.kindOf(schema);
  const isCursor = isQuery && CURSOR_NAMES.test(name);
  const texts = [
    ...isCursor ? [] : derivation.share(`${location} ${kind}`, textsFor(kind)),
    ...isQuery ? [""] : [],
    ...outside(derivation, schema),
  ];
  const rows = [...new Set(texts)].map((text): Row => {
    const plain = withoutPlaceholders(text);
    const isMalformed = decode(plain) === undefined;
    const isValid = isMalformed ? !operation.responses.has("400") : fits(derivation, schema, plain);
    const isAllowed = isQuery && !isCursor && !isMalformed && !text.includes("%00");
    const status: Statuses = isAllowed ? derivation.allowed(operation) : "any";
    const changes = isQuery
      ? { query: `${name}=${text}` }
      : { path: operation.path.replace(`{${name}}`, text) };
    return derivation.row(operation, changes, isValid ? { status, echoes: true } : wrong, isMalformed);
  });
  return isQuery && required ? [...rows, derivation.row(operation, { query: "" }, wrong)] : rows;
}

interface FieldOptions {
  readonly parameter: Parameter;
  readonly wrong: Expectation;
}

function ofField(
  derivation: Derivation,
  operation: Operation,
  { parameter, wrong }: FieldOptions,
): readonly Row[] {
  const { name, schema, required } = parameter;
  const rows = derivation.share(`header ${name}`, FIELD_VALUES).map((value): Row => {
    const isValid = derivation.api.isValid(schema, withoutPlaceholders(value).trim());
    // A valid value, such as a request id, may be logged.
    const sent = isValid ? value.replaceAll("{marker}", "{fresh}") : value;
    return derivation.row(
      operation,
      { fields: [[name, sent]] },
      isValid ? { status: "any", echoes: true } : wrong,
    );
  });
  if (!required) return rows;
  const missing = /^if-match$/i.test(name)
    ? { status: derivation.declared(operation, 428, 400), section: "RFC 6585, section 3" }
    : wrong;
  const twice = { fields: [[name, "{fresh}"], [name, "{marker}"]] } as const;
  return [
    derivation.row(operation, { without: name }, missing),
    ...rows,
    derivation.row(operation, twice, 400, true),
  ];
}

/** Names of parameters that an operation does not have, alone and beside those that it has. */
function ofQuery(derivation: Derivation, operation: Operation): readonly Row[] {
  const { name } = operation.parameters.find((one) => one.in === "query") ?? {};
  const odd = name === undefined
    ? []
    : words(`${name}=1&${name}=1 ${name}=1&${name}=2 ${name}[]=1 ${name}[0]=1 ${name}[$gt]=1
    ${name}.x=1 ${name.toUpperCase()}=1 ${name}%00=1 ${name}%20=1 ${name} ${name}=1;qz=2`);
  const isDeclared = operation.responses.has("400");
  return [...derivation.share("unknown", UNKNOWN), ...derivation.share("odd", odd)].map((query): Row =>
    derivation.row(
      operation,
      { query },
      isDeclared ? 400 : { status: "any", echoes: true },
      !query.startsWith("qzUnknown"),
    )
  );
}

/** Values just outside and at the bounds of a schema. */
function outside({ api }: Derivation, schema: Schema): readonly string[] {
  const { minimum, maximum, minLength, maxLength } = api.resolve(schema);
  return [
    ...typeof minimum === "number" ? [`${minimum - 1}`, `${minimum}`] : [],
    ...typeof maximum === "number" ? [`${maximum + 1}`, `${maximum}`, `${maximum * 10}`] : [],
    ...typeof minLength === "number" && minLength > 1 ? ["a".repeat(minLength - 1)] : [],
    ...typeof maxLength === "number" && maxLength < 5_000
      ? ["a".repeat(maxLength), "a".repeat(maxLength + 1)]
      : [],
    ...typeof maxLength === "number" && maxLength < 500
      ? ["%F0%9F%98%80".repeat(maxLength), "%F0%9F%98%80".repeat(maxLength + 1)]
      : [],
  ];
}

/** Whether a percent-encoded text is a value of a parameter's schema. */
function fits({ api }: Derivation, schema: Schema, text: string): boolean {
  const decoded = decode(text) ?? "";
  const readAs: Readonly<Record<string, (() => unknown) | undefined>> = {
    integer: () => /^-?(?:0|[1-9]\d*)$/.test(decoded) ? Number(decoded) : decoded,
    number: () => /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(decoded) ? Number(decoded) : decoded,
    boolean: () => decoded === "true" || (decoded === "false" ? false : decoded),
    array: () => [decoded],
  };
  const types = [api.resolve(schema)["type"] ?? "string"].flat().map(String);
  return types.some((type) => api.isValid(schema, readAs[type]?.() ?? decoded));
}

/** Decodes a percent-encoded text; undefined if it is malformed. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** Returns the path of an item that does not exist. */
export function unknownPath({ api }: Derivation, { path, parameters }: Operation): string {
  const name = path.slice(path.lastIndexOf("{") + 1, -1);
  const schema = parameters.find((one) => one.in === "path" && one.name === name)?.schema ?? true;
  const id = api.isValid(schema, 2_000_000_000)
    ? "2000000000"
    : api.isValid(schema, FRESH)
    ? "{fresh}"
    : "unknown";
  return path.replace(`{${name}}`, id);
}
