import { isArray, isObject } from "../../../oapi_codegen/json_value.ts";
import { type Expectation, type Row, shorten, type Theme, utf8 } from "../row.ts";
import type { Operation, Schema } from "./api_document.ts";
import { type Derivation, kindOf, withoutPlaceholders } from "./derivation.ts";
import { BAD_BYTES, LOOSE_JSON, MALFORMED_JSON } from "./malformed_json.ts";
import { FRESH, withAllOf } from "./sample_of.ts";
import { jsonFor, PROPERTY_NAMES } from "./values.ts";

const RAW = "urn:raw";
const SYNTAX = "RFC 9110, section 15.5.1";
const CONTENT = "RFC 9110, section 15.5.21";

/** Media type of an operation's body. */
interface Body {
  readonly operation: Operation;
  readonly mediaType: string;
  readonly schema: Schema;
}

/** Bodies that are no JSON, or not what their schema allows. */
export function bodyRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.flatMap((operation) =>
    [...operation.bodies].filter(([type]) => type.endsWith("json")).flatMap(([mediaType, schema]) =>
      ofBody(derivation, { operation, mediaType, schema })
    )
  );
  return { name: "bodies", rows };
}

function ofBody(derivation: Derivation, body: Body): readonly Row[] {
  const { operation, mediaType, schema } = body;
  const sample = derivation.subjects.bodyOf(operation, mediaType) ?? "{}";
  const title = (text: string): string =>
    `${operation.method} ${operation.path} ${mediaType} ${shorten(text)}`;
  const malformed = (text: string, isHouseRule: boolean): Row => ({
    name: title(text),
    ...derivation.request(operation, { mediaType, body: text }),
    expect: { status: derivation.declared(operation, 400, 422), section: SYNTAX, fault: "body", operation },
    isHouseRule,
  });
  const texts = [...derivation.share("json bodies", wholes(sample)), ...places(derivation, schema, sample)];
  return [
    ...derivation.share("malformed", [...MALFORMED_JSON, ...BAD_BYTES]).map((text) => malformed(text, false)),
    ...derivation.share("loose", LOOSE_JSON).map((text) => malformed(text, true)),
    ...[...new Set(texts)].map((text): Row => {
      const { expect, isHouseRule = false } = expectBody(derivation, body, text);
      return {
        name: title(text),
        ...derivation.request(operation, { mediaType, body: utf8(text) }),
        expect,
        isHouseRule,
      };
    }),
  ];
}

function expectBody(
  derivation: Derivation,
  { operation, schema }: Body,
  text: string,
): Pick<Row, "expect" | "isHouseRule"> {
  const value: unknown = JSON.parse(withoutPlaceholders(text));
  const faults = derivation.api.faultsOf(schema, value);
  const refused: Expectation = {
    status: derivation.declared(operation, 422, 400),
    section: CONTENT,
    operation,
  };
  if (faults.length > 0) {
    const isNamed = !faults.some((fault) => fault.includes(FRESH)) && !/\\u|x{100}|x100/.test(text);
    return { expect: { ...refused, ...isNamed && { fault: faults } } };
  }
  // No database holds the one, and the other is no text (RFC 3629).
  if (/\\u0000|\\ud[89a-f]/.test(JSON.stringify(value))) return { expect: refused, isHouseRule: true };
  const isLonger = JSON.stringify(value).normalize("NFC").length > JSON.stringify(value).length;
  if (derivation.suite.isExact !== true || isLonger || operation.method === "PUT") {
    return { expect: { status: "any", echoes: true, operation } };
  }
  // An address may be another item's.
  const status = [derivation.success(operation), text.includes("@") ? 409 : []].flat().map(Number);
  const data = Object.fromEntries(Object.entries(Object(value)).filter(([, one]) => one !== undefined));
  return { expect: { status, echoes: true, data: text.includes("@") ? {} : data, operation } };
}

/** Bodies of other types, with unknown members, nested and long. */
function wholes(sample: string): readonly string[] {
  const members = (count: number): string =>
    Array.from({ length: count }, (_, index) => `"x${index}":1`).join();
  const open = sample.startsWith("{") ? sample.slice(0, -1) + (sample === "{}" ? "" : ",") : "{";
  return [
    ...[
      "null",
      "true",
      "0",
      '"{marker}"',
      `[${sample}]`,
      "{}",
      "[]",
      "[".repeat(64) + "]".repeat(64),
      sample,
    ],
    ...[
      `[${"0,".repeat(200_000)}0]`,
      '{"__proto__":{"name":"{marker}"}}',
      '{"NAME":"{marker}"}',
      '{"n\u0430me":"{marker}"}',
    ],
    ...[...PROPERTY_NAMES.map((name) => `${name}:1`), members(101), members(20_000)].map((more) =>
      `${open}${more}}`
    ),
  ];
}

/** Bodies of which one property has another value, or is missing. */
function places(derivation: Derivation, schema: Schema, sample: string): readonly string[] {
  const { api } = derivation;
  const walk = (
    at: Schema,
    value: unknown,
    put: (here: unknown) => string,
    depth: number,
  ): readonly string[] => {
    const { properties, items, required } = withAllOf(api, at);
    const kind = kindOf(api, at);
    const own = depth === 0
      ? []
      : [...derivation.share(`json ${kind}`, jsonFor(kind)), ...outside(derivation, at)];
    const inner = isObject(value) || depth === 0
      ? Object.entries(api.resolve(properties)).flatMap(([name, property]) => [
        ...walk(property, Object(value)[name], (here) => put({ ...Object(value), [name]: here }), depth + 1),
        ...isArray(required) && required.includes(name) ? [put({ ...Object(value), [name]: undefined })] : [],
      ])
      : isArray(value) && items !== undefined
      ? walk(items, value[0], (here) => put([here]), depth + 1)
      : [];
    return [...own.map((json) => put(RAW).replaceAll(`"${RAW}"`, () => json)), ...inner];
  };
  return isArray(JSON.parse(sample))
    ? []
    : walk(schema, JSON.parse(sample), (here) => JSON.stringify(here), 0);
}

/** Values just outside the bounds of a schema, as JSON. */
function outside({ api }: Derivation, schema: Schema): readonly string[] {
  const { minimum, maximum, minLength, maxLength, maxItems, enum: values, uniqueItems, items } = api.resolve(
    schema,
  );
  const one = items === undefined ? [] : [JSON.stringify(api.resolve(items)["enum"] ?? "a")];
  return [
    ...typeof minimum === "number" ? [`${minimum - 1}`, `${minimum}`] : [],
    ...typeof maximum === "number" ? [`${maximum + 1}`, `${maximum}`] : [],
    ...typeof minLength === "number" ? [JSON.stringify("a".repeat(Math.max(0, minLength - 1)))] : [],
    ...typeof maxLength === "number"
      ? [maxLength, maxLength + 1].flatMap((length) =>
        ["a", "😀"].map((one) => JSON.stringify(one.repeat(length)))
      )
      : [],
    ...typeof maxItems === "number" ? [`[${Array(maxItems + 1).fill(one[0] ?? "0").join()}]`] : [],
    ...uniqueItems === true ? one.map((item) => `[${item},${item}]`) : [],
    ...isArray(values) ? values.map((value) => JSON.stringify(String(value).toUpperCase())) : [],
  ];
}
