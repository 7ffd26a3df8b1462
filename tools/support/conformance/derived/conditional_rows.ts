import { isObject } from "../../../oapi_codegen/json_value.ts";
import { ask, SetupError } from "../client.ts";
import { fill } from "../render_request.ts";
import type { Field, Given, Row, Statuses, Theme } from "../row.ts";
import { shorten } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";
import { FRESH } from "./sample_of.ts";

const IF_MATCH = "RFC 9110, section 13.1.1";
const IF_NONE_MATCH = "RFC 9110, section 13.1.2";

/** Values of `If-Match` that no current version has. */
const STALE = [
  ...[
    "W/{etag}",
    '"{marker}"',
    '"0"',
    '"-1"',
    '"01"',
    '"1.0"',
    '"1e0"',
    '"+1"',
    '"9223372036854775807"',
    '"9223372036854775808"',
  ],
  ...[`"${"9".repeat(900)}"`, '""', '"1;drop"', '"\xff"', '"2", "3", W/"1"'],
];

/** Values of `If-Match` that match. */
const CURRENT = ["{etag}", '"2", {etag}', " \t{etag}\t ", ', ,"2",,{etag},', '"a,b", {etag}', "*"];

/** Values of `If-None-Match` that match. */
const SEEN = [
  "{etag}",
  "W/{etag}",
  "*",
  '"{marker}", W/"x", {etag}',
  `${'"x",'.repeat(900)}{etag}`,
  `${",".repeat(4_000)}{etag}`,
];

/** Values of `If-None-Match` that do not, and too many. */
const UNSEEN = [
  '"{marker}"',
  "{marker}",
  '"{etag}"',
  "",
  "\xff\xfe",
  `${'"x",'.repeat(1_500)}{etag}`,
  'W/"'.repeat(2_500),
];

const PAIRS: readonly (readonly [method: string, fields: readonly Field[], status: Statuses])[] = [
  ["DELETE", [["If-Match", '"2"'], ["If-Match", "{etag}"]], "2xx"],
  ["DELETE", [["If-Match", "{etag}"], ["If-None-Match", "{etag}"]], 412],
  ["DELETE", [["If-Match", "{etag}"], ["If-None-Match", "*"]], 412],
  ["DELETE", [["If-Match", "*"], ["If-None-Match", '"{marker}"']], 400],
  ["DELETE", [["If-Match", "{etag}"], ["If-None-Match", "{marker}"]], "2xx"],
  ["DELETE", [["If-Match", `"${"9".repeat(2_000)}"`]], 400],
  ["GET", [["If-None-Match", '"{marker}"'], ["If-None-Match", "{etag}"]], 304],
  ["GET", [["If-None-Match", `"${"a".repeat(9_000)}"`]], [200, 400]],
  ["GET", [["If-Match", "{etag}"]], 200],
  ["GET", [["If-Match", '"{marker}"']], 412],
  ["GET", [["If-Match", "{marker}"]], 400],
  ["GET", [["If-Match", "*"], ["If-None-Match", "{etag}"]], 304],
  ["GET", [["If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT"]], 200],
  ["GET", [["If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"]], 200],
];

/** Entity tags: that they change, and that the conditions on them hold. */
export function conditionalRows(derivation: Derivation): Theme {
  const { api } = derivation;
  const items = api.operations.filter(({ path }) =>
    path.endsWith("}") && !derivation.subjects.isUnknown(path)
  );
  const rows = items.flatMap((operation) => {
    const get = api.find("GET", operation.path);
    if (get === undefined || !hasEtag(derivation, get)) return [];
    return operation === get ? ofRead(derivation, operation) : ofWrite(derivation, operation);
  });
  return { name: "conditions", rows };
}

function ofRead(derivation: Derivation, operation: Operation): readonly Row[] {
  const read = (value: string, status: Statuses): Row => ({
    name: `GET ${operation.path} If-None-Match: ${shorten(value)}`,
    ...derivation.request(operation, { fields: [["If-None-Match", value]] }),
    expect: {
      status,
      section: IF_NONE_MATCH,
      echoes: status === 304,
      ...status === 304 && { headers: { ETag: /^"/ } },
    },
    isHouseRule: value.length > 1_000 || value === "{marker}" || value === "\xff\xfe",
  });
  const missing: Row = {
    name: `GET ${operation.path} of an unknown id`,
    ...derivation.request(operation, { path: unknownPath(derivation, operation) }),
    expect: {
      status: derivation.declared(operation, 404, 400),
      section: "RFC 9110, section 15.5.5",
      operation,
    },
  };
  const head = derivation.request(operation, { fields: [["If-None-Match", "{etag}"]] });
  const ofHead: Row = {
    name: `HEAD ${operation.path} If-None-Match: {etag}`,
    given: head.given,
    request: { ...head.request, line: head.request.line.replace("GET", "HEAD") },
    expect: { status: 304, section: IF_NONE_MATCH, echoes: true },
  };
  return [
    ...derivation.share("seen", SEEN).map((value) => read(value, 304)),
    ...derivation.share("unseen", UNSEEN).map((value) => read(value, 200)),
    ...[missing, ofHead, ...ofChange(derivation, operation), ...ofPairs(derivation, operation)],
  ];
}

function ofWrite(derivation: Derivation, operation: Operation): readonly Row[] {
  const { method, path, parameters } = operation;
  if (!parameters.some(({ name }) => /^if-match$/i.test(name))) return [];
  const write = (value: string, expect: Row["expect"]): Row => ({
    name: `${method} ${path} If-Match: ${shorten(value)}`,
    ...derivation.request(operation, { fields: [["If-Match", value]] }),
    expect: { section: IF_MATCH, ...expect },
  });
  const stale = { status: derivation.declared(operation, 412, 409), operation };
  const current: Statuses = derivation.suite.isExact === true || method === "DELETE"
    ? derivation.success(operation)
    : "any";
  const missing = ['"1"', "*", 'W/"1"'].map((value): Row => ({
    ...write(value, { status: derivation.declared(operation, 404, 412) }),
    name: `${method} ${path} of an unknown id, If-Match: ${value}`,
    given: derivation.subjects.given(path.slice(0, path.lastIndexOf("/"))),
    request: derivation.request(operation, {
      path: unknownPath(derivation, operation),
      fields: [["If-Match", value]],
    }).request,
  }));
  const onlyNone: Row = {
    ...write("none, If-None-Match: *", {
      status: derivation.declared(operation, 428, 400),
      section: "RFC 6585, section 3",
    }),
    request: derivation.request(operation, { without: "If-Match", fields: [["If-None-Match", "*"]] }).request,
    isHouseRule: true,
  };
  return [
    ...derivation.share("stale", STALE).map((value): Row => ({
      ...write(value, stale),
      isHouseRule: value === '"\xff"',
    })),
    ...derivation.share(`current ${method}`, CURRENT).map((value) =>
      write(value, { status: current, operation })
    ),
    ...[...missing, onlyNone, ...ofPairs(derivation, operation)],
  ];
}

function ofPairs(derivation: Derivation, operation: Operation): readonly Row[] {
  return derivation.share(
    `pairs ${operation.method}`,
    PAIRS.filter(([method]) => method === operation.method),
  )
    .map(([method, fields, status]): Row => ({
      name: `${method} ${operation.path} ${
        fields.map(([name, value]) => `${name}: ${shorten(value)}`).join(" | ")
      }`,
      ...derivation.request(operation, { fields }),
      expect: { status, section: "RFC 9110, section 13.2.2", echoes: status === 304 },
      isHouseRule: true,
    }));
}

/** After a change the entity tag is another one: what had the old one is neither current nor seen. */
function ofChange(derivation: Derivation, read: Operation): readonly Row[] {
  const { api } = derivation;
  const change = ["PUT", "PATCH"].map((method) => api.find(method, read.path)).find((one) =>
    one !== undefined && one.parameters.some(({ name }) => /^if-match$/i.test(name))
  );
  const body = change && variantOf(derivation, change);
  if (change === undefined || body === undefined) return [];
  const given: Given = async (client) => {
    const prepared = await derivation.subjects.given(read.path)(client);
    const { etag: old = "" } = prepared.placeholders;
    const path = fill(read.path, prepared.placeholders);
    const headers = { "Content-Type": "application/json", "If-Match": old };
    const response = await ask(client, path, {
      method: change.method,
      headers,
      body: body.replaceAll(FRESH, crypto.randomUUID()),
    });
    await response.body?.cancel();
    if (!response.ok) {
      throw new SetupError(`${change.method} ${read.path} with a derived body responded ${response.status}`);
    }
    return { ...prepared, placeholders: { ...prepared.placeholders, old } };
  };
  const fields = (name: string): readonly Field[] => [[name, "{old}"]];
  return [
    {
      name: `GET ${read.path} after a change, If-None-Match: the ETag before it`,
      given,
      request: derivation.request(read, { fields: fields("If-None-Match") }).request,
      expect: { status: 200, section: "RFC 9110, section 8.8.1" },
    },
    {
      name: `${change.method} ${read.path} after a change, If-Match: the ETag before it`,
      given,
      request: derivation.request(change, { fields: fields("If-Match") }).request,
      expect: { status: derivation.declared(change, 412, 409), section: IF_MATCH },
    },
  ];
}

/** The valid body of an operation with another text in one of its properties. */
function variantOf({ api, subjects }: Derivation, operation: Operation): string | undefined {
  const schema = operation.bodies.get("application/json");
  const body: unknown = JSON.parse(subjects.bodyOf(operation) ?? "null");
  if (schema === undefined || !isObject(body)) return undefined;
  const values = ["Variant", "b", "variant@example.com", FRESH, 2, 3, true, false];
  const names = Object.keys(api.resolve(api.resolve(schema)["properties"]));
  return names.flatMap((name) =>
    values.filter((value) => value !== body[name]).map((value) => ({ ...body, [name]: value }))
  )
    .filter((variant) => api.isValid(schema, variant)).map((variant) => JSON.stringify(variant))[0];
}

function hasEtag({ api }: Derivation, { responses }: Operation): boolean {
  return Object.keys(api.resolve(responses.get("200")?.["headers"])).some((name) => /^etag$/i.test(name));
}

/** The path of an item that does not exist. */
function unknownPath({ api }: Derivation, { path, parameters }: Operation): string {
  const name = path.slice(path.lastIndexOf("{") + 1, -1);
  const schema = parameters.find((one) => one.in === "path" && one.name === name)?.schema ?? true;
  const id = api.isValid(schema, 2_000_000_000)
    ? "2000000000"
    : api.isValid(schema, FRESH)
    ? "{fresh}"
    : "unknown";
  return path.replace(`{${name}}`, id);
}
