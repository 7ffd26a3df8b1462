import { isArray, isObject } from "@archway/service_kit/json_value.ts";
import { type Row, type Statuses, type Theme, utf8 } from "../row.ts";
import type { Operation, Schema } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";
import { BAD_BYTES, LOOSE_JSON, MALFORMED_JSON } from "./malformed_json.ts";
import { FRESH, withAllOf, withoutPlaceholders } from "./sample_of.ts";
import { jsonFor, PROPERTY_NAMES } from "./values.ts";

const RAW = "urn:raw";
const SYNTAX = "RFC 9110, section 15.5.1";
const CONTENT = "RFC 9110, section 15.5.21";

/** Bodies that are no JSON, or not what their schema allows. */
export function bodyRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.flatMap((operation) =>
    [...operation.bodies.keys()].filter((type) => type.endsWith("json"))
      .flatMap((mediaType) => ofBody(derivation, operation, mediaType))
  );
  return { name: "bodies", rows };
}

function ofBody(derivation: Derivation, operation: Operation, mediaType: string): readonly Row[] {
  const schema = operation.bodies.get(mediaType) ?? true;
  const sample = derivation.subjects.bodyOf(operation, mediaType) ?? "{}";
  const malformed = { status: derivation.declared(operation, 400, 422), section: SYNTAX, fault: "body" };
  const send = (texts: readonly string[], isHouseRule: boolean): readonly Row[] =>
    texts.filter((body) => body !== "" || operation.requiresBody)
      .map((body) => derivation.row(operation, { mediaType, body }, malformed, isHouseRule));
  const texts = [...derivation.share("json bodies", wholes(sample)), ...places(derivation, schema, sample)];
  return [
    ...send(derivation.share("malformed", [...MALFORMED_JSON, ...BAD_BYTES]), false),
    ...send(derivation.share("loose", LOOSE_JSON), true),
    ...[...new Set(texts)].map((text) => {
      const { expect, isHouseRule } = expectBody(derivation, operation, { schema, text });
      return derivation.row(operation, { mediaType, body: utf8(text) }, expect, isHouseRule);
    }),
  ];
}

interface SentBody {
  readonly schema: Schema;
  readonly text: string;
}

function expectBody(
  derivation: Derivation,
  operation: Operation,
  { schema, text }: SentBody,
): Pick<Row, "expect" | "isHouseRule"> {
  const value: unknown = JSON.parse(withoutPlaceholders(text));
  const faults = derivation.api.faultsOf(schema, value);
  // An operation with errors of a form of its own, such as GraphQL, refuses a body with them or before it reads it.
  const hasOwnErrors = Object.keys(derivation.api.resolve(operation.responses.get("400")?.["content"]))
    .some((type) => type !== "application/problem+json");
  const wrong: Statuses = hasOwnErrors ? [422, 400] : derivation.declared(operation, 422, 400);
  const refused = { status: wrong, section: CONTENT };
  if (faults.length > 0) {
    const isNamed = !faults.some((fault) => fault.includes(FRESH)) && !/\\u|x{100}|x100/.test(text);
    return { expect: { ...refused, ...isNamed && { fault: faults } } };
  }
  const json = JSON.stringify(value);
  // PostgreSQL cannot store the one, and the other is no text (RFC 3629).
  if (/\\u0000|\\ud[89a-f]/.test(json)) return { expect: refused, isHouseRule: true };
  const isLonger = json.normalize("NFC").length > json.length;
  const isAny = isLonger || operation.method === "PUT";
  // An address may be another item's.
  const isTaken = text.includes("@");
  const allowed: Statuses = isAny ? "any" : derivation.allowed(operation);
  const status: Statuses = isTaken && typeof allowed === "object" ? [...allowed, 409] : allowed;
  const isStored = allowed !== "any" && !isTaken;
  // Those with a placeholder differ in each request.
  const stored = Object.entries(Object(value)).filter(([, one]) => !JSON.stringify(one).includes(FRESH));
  return { expect: { status, echoes: true, ...isStored && { data: Object.fromEntries(stored) } } };
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
    ...['{"__proto__":{"name":"{marker}"}}', '{"NAME":"{marker}"}', '{"n\u0430me":"{marker}"}'],
    `[${"0,".repeat(200_000)}0]`,
    ...[...PROPERTY_NAMES.map((name) => `${name}:1`), members(101), members(20_000)].map((more) =>
      `${open}${more}}`
    ),
  ];
}

/** Bodies of which one property has another value, or is missing. */
function places(derivation: Derivation, schema: Schema, sample: string): readonly string[] {
  const { api } = derivation;
  const walk = (at: Schema, value: unknown, put: (here: unknown) => string): readonly string[] => {
    const { properties, items, required } = withAllOf(api, at);
    const of = (name: string, property: Schema): readonly string[] => {
      const replace = (here: unknown): string => put({ ...Object(value), [name]: here });
      const kind = derivation.kindOf(property);
      const values = [...derivation.share(`json ${kind}`, jsonFor(kind)), ...outside(derivation, property)];
      return [
        ...values.map((json) => replace(RAW).replaceAll(`"${RAW}"`, () => json)),
        ...isArray(required) && required.includes(name) ? [replace(undefined)] : [],
        ...walk(property, Object(value)[name], replace),
      ];
    };
    if (isArray(value) && items !== undefined) return walk(items, value[0], (here) => put([here]));
    return isObject(value)
      ? Object.entries(api.resolve(properties)).flatMap(([name, one]) => of(name, one))
      : [];
  };
  return walk(schema, JSON.parse(sample), (here) => JSON.stringify(here));
}

/** Values just outside the bounds of a schema, as JSON. */
function outside({ api }: Derivation, schema: Schema): readonly string[] {
  const { minimum, maximum, minLength, maxLength, maxItems, enum: values, uniqueItems } = api.resolve(schema);
  const texts = (length: unknown): readonly string[] =>
    typeof length === "number"
      ? ["a", "😀"].map((one) => JSON.stringify(one.repeat(Math.max(0, length))))
      : [];
  return [
    ...typeof minimum === "number" ? [`${minimum - 1}`, `${minimum}`] : [],
    ...typeof maximum === "number" ? [`${maximum + 1}`, `${maximum}`] : [],
    ...typeof minLength === "number" ? texts(minLength - 1) : [],
    ...typeof maxLength === "number" ? [...texts(maxLength), ...texts(maxLength + 1)] : [],
    ...typeof maxItems === "number" ? [`[${Array(maxItems + 1).fill('"a"').join()}]`] : [],
    ...uniqueItems === true ? ['["a","a"]', '[["a"]]'] : [],
    ...isArray(values) ? values.map((value) => JSON.stringify(String(value).toUpperCase())) : [],
  ];
}
