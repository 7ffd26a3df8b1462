import { isObject } from "@archway/service_kit/json_value.ts";
import { ask, SetupError } from "../client.ts";
import { fill } from "../render_request.ts";
import { cells, type Field, type Given, type Row, type Statuses, type Theme } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";
import { unknownPath } from "./parameter_rows.ts";
import { FRESH, withoutPlaceholders } from "./sample_of.ts";

const IF_MATCH = "RFC 9110, section 13.1.1";
const IF_NONE_MATCH = "RFC 9110, section 13.1.2";

/** Values of `If-Match` that no current version has. */
const STALE = cells(
  `W/{etag} ¦ "{marker}" ¦ "0" ¦ "-1" ¦ "01" ¦ "1.0" ¦ "1e0" ¦ "+1" ¦ "9223372036854775807" ¦ ""
  "9223372036854775808" ¦ "${"9".repeat(900)}" ¦ "1;drop" ¦ "\xff" ¦ "2", "3", W/"1"`,
);

/** Values of `If-Match` that match. */
const CURRENT = [...cells('{etag} ¦ "2", {etag} ¦ , ,"2",,{etag}, ¦ "a,b", {etag} ¦ *'), " \t{etag}\t "];

/** Values of `If-None-Match` that match. */
const SEEN = cells(`{etag} ¦ W/{etag} ¦ * ¦ "{marker}", W/"x", {etag}
  ${'"x",'.repeat(900)}{etag} ¦ ${",".repeat(4_000)}{etag}`);

/** Values of `If-None-Match` that do not, and too many. */
const UNSEEN = [
  "",
  ...cells(
    `"{marker}" ¦ {marker} ¦ "{etag}" ¦ \xff\xfe ¦ ${'"x",'.repeat(1_500)}{etag} ¦ ${'W/"'.repeat(2_500)}`,
  ),
];

const PAIRS: Readonly<Record<string, readonly (readonly [fields: readonly Field[], status: Statuses])[]>> = {
  DELETE: [
    [[["If-Match", '"2"'], ["If-Match", "{etag}"]], "2xx"],
    [[["if-match", "{etag}"]], "2xx"],
    [[["If-Match", "{etag}"], ["If-None-Match", "{etag}"]], 412],
    [[["If-Match", "{etag}"], ["If-None-Match", "*"]], 412],
    [[["If-Match", "*"], ["If-None-Match", '"{marker}"']], 400],
    [[["If-Match", "{etag}"], ["If-None-Match", "{marker}"]], "2xx"],
    [[["If-Match", `"${"9".repeat(2_000)}"`]], [400, 412]],
  ],
  GET: [
    [[["If-None-Match", '"{marker}"'], ["If-None-Match", "{etag}"]], 304],
    [[["If-None-Match", `"${"a".repeat(9_000)}"`]], [200, 400]],
    [[["If-Match", "{etag}"]], 200],
    [[["If-Match", '"{marker}"']], 412],
    [[["If-Match", "{marker}"]], 400],
    [[["If-Match", "*"], ["If-None-Match", "{etag}"]], 304],
    [[["If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT"]], 200],
    [[["If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"]], 200],
  ],
};

/** Entity tags: that they change, and that the conditions on them hold. */
export function conditionalRows(derivation: Derivation): Theme {
  const { api, subjects } = derivation;
  const rows = api.operations.flatMap((operation) => {
    const { path, method } = operation;
    const read = path.endsWith("}") && !subjects.isUnknown(path) ? api.find("GET", path) : undefined;
    const headers = Object.keys(api.resolve(read?.responses.get("200")?.["headers"]));
    if (read === undefined || !headers.some((name) => /^etag$/i.test(name))) return [];
    const pairs = derivation.share(`pairs ${method}`, PAIRS[method] ?? []).map(([fields, status]) =>
      derivation.row(operation, { fields }, {
        status,
        section: "RFC 9110, section 13.2.2",
        echoes: status === 304,
      }, true)
    );
    return [...pairs, ...operation === read ? ofRead(derivation, read) : ofWrite(derivation, operation)];
  });
  return { name: "conditions", rows };
}

function ofRead(derivation: Derivation, operation: Operation): readonly Row[] {
  const unchanged = { status: 304, section: IF_NONE_MATCH, echoes: true, headers: { ETag: /^"/ } };
  const read = (value: string, expect: Row["expect"]): Row => {
    const isOdd = value.length > 1_000 || value === "{marker}" || value === "\xff\xfe";
    return derivation.row(operation, { fields: [["If-None-Match", value]] }, expect, isOdd);
  };
  const missing = { status: derivation.declared(operation, 404, 400), section: "RFC 9110, section 15.5.5" };
  return [
    ...derivation.share("seen", SEEN).map((value) => read(value, unchanged)),
    ...derivation.share("unseen", UNSEEN).map((value) =>
      read(value, { status: 200, section: IF_NONE_MATCH })
    ),
    derivation.row(operation, { path: unknownPath(derivation, operation) }, missing),
    derivation.row(operation, { method: "HEAD", fields: [["If-None-Match", "{etag}"]] }, unchanged),
    ...ofChange(derivation, operation),
  ];
}

function ofWrite(derivation: Derivation, operation: Operation): readonly Row[] {
  const { method, path, parameters, bodies } = operation;
  const { subjects } = derivation;
  if (!parameters.some(({ name }) => /^if-match$/i.test(name))) return [];
  const write = (value: string, expect: Row["expect"]): Row =>
    derivation.row(
      operation,
      { fields: [["If-Match", value]] },
      { section: IF_MATCH, ...expect },
      value === '"\xff"',
    );
  const stale = { status: derivation.declared(operation, 412, 409) };
  const current = {
    status: method === "DELETE" ? derivation.success(operation) : derivation.allowed(operation),
  };
  const absent = operation.responses.has("404") ? [404] : [404, 412];
  // Where no item was created with a derived body, it may name what does not exist, which counts first.
  const isGuess = bodies.size > 0 && !derivation.isExact && !subjects.hasBodyOf(operation);
  const missing = { status: isGuess ? [...absent, 422] : absent, section: IF_MATCH };
  const unknown = {
    path: unknownPath(derivation, operation),
    given: subjects.given(path.slice(0, path.lastIndexOf("/"))),
  };
  const isRequired = parameters.some(({ name, required }) => /^if-match$/i.test(name) && required);
  const none = isRequired
    ? { status: derivation.declared(operation, 428, 400), section: "RFC 6585, section 3" }
    : { status: [400, 412], section: IF_NONE_MATCH };
  return [
    ...derivation.share("stale", STALE).map((value) => write(value, stale)),
    ...derivation.share(`current ${method}`, CURRENT).map((value) => write(value, current)),
    ...['"1"', "*", 'W/"1"'].map((value) =>
      derivation.row(operation, { ...unknown, fields: [["If-Match", value]] }, missing)
    ),
    ...[["If-None-Match", "*"], ["If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"]]
      .slice(0, isRequired ? 2 : 1).map(([name = "", value = ""]) =>
        derivation.row(operation, { without: "If-Match", fields: [[name, value]] }, none, true)
      ),
  ];
}

/** After a change the entity tag is another one: what had the old one is neither current nor seen. */
function ofChange(derivation: Derivation, read: Operation): readonly Row[] {
  const { api, subjects } = derivation;
  const change = ["PUT", "PATCH"].map((method) => api.find(method, read.path)).find((one) =>
    one?.parameters.some(({ name }) => /^if-match$/i.test(name))
  );
  const body = change && variantOf(derivation, change);
  if (change === undefined || body === undefined) return [];
  const given: Given = async (client) => {
    const prepared = await subjects.given(read.path)(client);
    const { etag: old = "" } = prepared.placeholders;
    const headers = { "Content-Type": "application/json", "If-Match": old };
    const text = fill(body.replaceAll(FRESH, crypto.randomUUID()), prepared.placeholders);
    const init = { method: change.method, headers, body: text };
    const response = await ask(client, fill(read.path, prepared.placeholders), init);
    await response.body?.cancel();
    if (response.ok) return { ...prepared, placeholders: { ...prepared.placeholders, old } };
    throw new SetupError(`${change.method} ${read.path} with a derived body responded ${response.status}`);
  };
  const after = (operation: Operation, name: string, expect: Row["expect"]): Row => {
    const row = derivation.row(operation, { given, fields: [[name, "{old}"]] }, expect);
    return { ...row, name: `${row.name}, the ETag before a change` };
  };
  return [
    after(read, "If-None-Match", { status: 200, section: "RFC 9110, section 8.8.1" }),
    after(change, "If-Match", { status: derivation.declared(change, 412, 409), section: IF_MATCH }),
  ];
}

/** Returns the valid body of an operation with another value in one of its properties. */
function variantOf({ api, subjects }: Derivation, operation: Operation): string | undefined {
  const schema = operation.bodies.get("application/json");
  const body: unknown = JSON.parse(subjects.bodyOf(operation) ?? "null");
  if (schema === undefined || !isObject(body)) return undefined;
  const values = ["Variant", "b", "variant@example.com", FRESH, 2, 3, true, false];
  const variants = Object.keys(api.resolve(api.resolve(schema)["properties"])).flatMap((name) =>
    values.filter((value) => value !== body[name]).map((value) => ({ ...body, [name]: value }))
  );
  const isValid = (text: string): boolean => api.isValid(schema, JSON.parse(withoutPlaceholders(text)));
  return variants.map((variant) => JSON.stringify(variant)).find(isValid);
}
