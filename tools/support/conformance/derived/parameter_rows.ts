import { type Row, shorten, type Theme, words } from "../row.ts";
import type { Operation, Parameter, Schema } from "./api_document.ts";
import { type Derivation, kindOf, withoutPlaceholders } from "./derivation.ts";
import { textsFor } from "./values.ts";

/** Names of parameters that hold a place in a list: opaque, whatever their schema is. */
export const CURSOR_NAMES =
  /^(?:after|before|cursor|(?:next_?)?page_?token|starting_?after|ending_?before|continuation_?token)$/i;

/** Values of header fields that are quoted, listed or escaped in wrong ways. */
const FIELD_VALUES = [
  ...words(
    `{marker} 1 "1 1" '1' " "1""2" "1";"2" "a"b" w/"1" W"1" W/ , ,,, ** \xff "1"\\ null {"1"} <1> '"a";q=1' a;b a=b
    a@b (a) () {} ?1 @1659578233 %"f%c3%bc" "\xe9" \xe9 \xff\xfe "{marker} {marker}" a, :YWJj: * 1.5`,
  ),
  ...[
    "",
    " ",
    '"1" "2"',
    '"a b"',
    'W/ "1"',
    "* *",
    '*, "1"',
    '"1", *',
    "a b",
    "a, b",
    '"a", "b"',
    '"a\\b"',
    '"a\\"',
  ],
  ...['"a\tb"', "a".repeat(256), `"${"a".repeat(256)}"`, `"${'\\"'.repeat(256)}"`, "a".repeat(5_000)],
];

/** Parameters out of their bounds, types and formats, missing, repeated and unknown. */
export function parameterRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.flatMap((operation) => [
    ...operation.parameters.flatMap((parameter) => ofParameter(derivation, operation, parameter)),
    ...ofQuery(derivation, operation),
  ]);
  return { name: "parameters", section: "RFC 9110, section 15.5.1", rows };
}

function ofParameter(derivation: Derivation, operation: Operation, parameter: Parameter): readonly Row[] {
  const { method, path } = operation;
  const title = (text: string): string =>
    `${method} ${path} ${parameter.in} ${parameter.name}: ${shorten(text)}`;
  const { name, schema } = parameter;
  const isCursor = parameter.in === "query" && CURSOR_NAMES.test(name);
  if (parameter.in === "header") return ofField(derivation, operation, parameter);
  if (!["path", "query"].includes(parameter.in)) return [];
  const { type, format } = derivation.api.resolve(schema);
  const kind = kindOf(derivation.api, schema);
  const texts = derivation.share(`${parameter.in} ${kind}`, textsFor(kind, String(format ?? type ?? "")));
  const all = isCursor
    ? outside(derivation, schema)
    : [...new Set([...texts, ...outside(derivation, schema)])];
  const sent = parameter.in === "query" ? ["", ...all] : all.filter((text) => text !== "");
  const rows = sent.map((text): Row => {
    const plain = withoutPlaceholders(text);
    const isMalformed = decode(plain) === undefined;
    const isValid = isMalformed ? !operation.responses.has("400") : fits(derivation, schema, plain);
    const changes = parameter.in === "query"
      ? { query: `${name}=${text}` }
      : { path: path.replace(`{${name}}`, text) };
    const isExact = derivation.suite.isExact === true && isValid && parameter.in === "query" && !isCursor &&
      !text.includes("%00") && !isMalformed;
    const expected = derivation.expectText(operation, { name, isValid });
    const expect = isExact ? { ...expected, status: derivation.success(operation) } : expected;
    return { name: title(text), ...derivation.request(operation, changes), expect, isHouseRule: isMalformed };
  });
  if (parameter.in !== "query" || !parameter.required) return rows;
  const missing = derivation.expectText(operation, { name, isValid: false });
  return [...rows, {
    name: title("missing"),
    ...derivation.request(operation, { query: "" }),
    expect: missing,
  }];
}

function ofField(derivation: Derivation, operation: Operation, parameter: Parameter): readonly Row[] {
  const { method, path } = operation;
  const { name, schema, required } = parameter;
  const values = derivation.share(`header ${name}`, FIELD_VALUES);
  const rows = values.map((value): Row => {
    const isValid = derivation.api.isValid(schema, withoutPlaceholders(value).trim());
    // A valid value, such as a request id, may be logged.
    const sent = isValid ? value.replaceAll("{marker}", "{fresh}") : value;
    const expect = derivation.expectText(operation, { name, isValid });
    return {
      name: `${method} ${path} ${name}: ${shorten(value)}`,
      ...derivation.request(operation, { fields: [[name, sent]] }),
      expect,
    };
  });
  if (!required) return rows;
  const isCondition = /^if-match$/i.test(name);
  const expect = isCondition
    ? { status: derivation.declared(operation, 428, 400), section: "RFC 6585, section 3", operation }
    : derivation.expectText(operation, { name, isValid: false });
  const row = {
    name: `${method} ${path} without ${name}`,
    ...derivation.request(operation, { without: name }),
    expect,
  };
  const twice = derivation.request(operation, { fields: [[name, "{fresh}"], [name, "{marker}"]] });
  return [row, ...rows, {
    name: `${method} ${path} ${name} twice`,
    ...twice,
    expect: { status: 400 },
    isHouseRule: true,
  }];
}

/** Names of parameters that an operation does not have, alone and beside those that it has. */
function ofQuery(derivation: Derivation, operation: Operation): readonly Row[] {
  const { method, path, parameters } = operation;
  const known = parameters.filter((one) => one.in === "query").map(({ name }) => name);
  const unknown = words(`qzUnknown=1 qzUnknown={marker} __proto__=1 toString=1 offset=1 fields=* callback=x
    _method=DELETE qz%00=1 %zz=1 %ff=1 =1 = constructor[prototype][x]=1 ${"{marker}" + "x".repeat(200)}=1`);
  const odd = known.slice(0, 1).flatMap((name) => [
    ...[
      `${name}=1&${name}=1`,
      `${name}=1&${name}=2`,
      `${name}[]=1`,
      `${name}[0]=1`,
      `${name}[$gt]=1`,
      `${name}.x=1`,
    ],
    ...[`${name.toUpperCase()}=1`, `${name}%00=1`, `${name}%20=1`, `${name}`, `${name}=1;qz=2`],
  ]);
  const queries = [...derivation.share("unknown", unknown), ...derivation.share("odd", odd)];
  const many = Array.from({ length: 500 }, (_, index) => `x${index}=1`).join("&");
  return [...queries, ...derivation.share("many", [many])].map((query): Row => ({
    name: `${method} ${path}?${shorten(query)}`,
    ...derivation.request(operation, { query }),
    expect: {
      status: operation.responses.has("400") ? 400 : "any",
      echoes: !operation.responses.has("400"),
      operation,
    },
    isHouseRule: !query.startsWith("qzUnknown"),
  }));
}

/** Values just outside and at the bounds of a schema. */
function outside({ api }: Derivation, schema: Schema): readonly string[] {
  const { minimum, maximum, minLength, maxLength } = api.resolve(schema);
  return [
    ...typeof minimum === "number" ? [String(minimum - 1), String(minimum)] : [],
    ...typeof maximum === "number" ? [String(maximum + 1), String(maximum), String(maximum * 10)] : [],
    ...typeof minLength === "number" && minLength > 1 ? ["a".repeat(minLength - 1)] : [],
    ...typeof maxLength === "number" && maxLength < 5_000
      ? [
        "a".repeat(maxLength + 1),
        "a".repeat(maxLength),
        ...maxLength < 500 ? ["%F0%9F%98%80".repeat(maxLength), "%F0%9F%98%80".repeat(maxLength + 1)] : [],
      ]
      : [],
  ];
}

/** Whether a percent-encoded text is a value of a parameter's schema. */
function fits({ api }: Derivation, schema: Schema, text: string): boolean {
  const decoded = decode(text);
  if (decoded === undefined) return false;
  const types = [api.resolve(schema)["type"] ?? "string"].flat();
  const values: unknown[] = types.map((type) => {
    if (type === "integer") return /^-?(?:0|[1-9]\d*)$/.test(decoded) ? Number(decoded) : decoded;
    if (type === "number") return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(decoded) ? Number(decoded) : decoded;
    if (type === "boolean") return decoded === "true" ? true : decoded === "false" ? false : decoded;
    return type === "array" ? [decoded] : decoded;
  });
  return values.some((value) => api.isValid(schema, value));
}

/** Decodes a percent-encoded text; undefined if it is malformed. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
