import { JSON_FIELD } from "../requests.ts";
import type { Field, Row, Statuses, Theme } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import { item } from "../set_up.ts";

const ALLOW = { Allow: /^GET, HEAD, POST, OPTIONS$/ };
const ALLOW_ONE = { Allow: /^GET, HEAD, PUT, PATCH, DELETE, OPTIONS$/ };

/** Methods that are unknown everywhere. */
const unknown: readonly Row[] = [
  "FOO",
  "get",
  "Get",
  "pOST",
  "GETS",
  "PROPFIND",
  "MKCOL",
  "PURGE",
  "BREW",
  "PRI",
  "__PROTO__",
  "constructor",
  "!#$%&'*+-.^_`|~",
  "A".repeat(1_000),
].map((method) => ({
  name: `the method ${shorten(method)}`,
  request: { line: `${method} {list}`, fields: [["X-Planted", "{marker}"]] as const },
  expect: { status: 501, ...(method === "PRI" && { by: "platform" as const }) },
}));

const CASES:
  readonly (readonly [line: string, status: Statuses, headers?: Readonly<Record<string, RegExp>>])[] = [
    ["TRACE {list}", 405, ALLOW],
    ["TRACE /v1/nothing", 404],
    ["PUT {list}", 405, ALLOW],
    ["PATCH {list}", 405, ALLOW],
    ["DELETE {list}", 405, ALLOW],
    ["QUERY {list}", 405, ALLOW],
    ["POST {list}/{id}", 405, ALLOW_ONE],
    ["TRACE {list}/{id}", 405, ALLOW_ONE],
    ["POST /livez", 405, { Allow: /^GET, HEAD, OPTIONS$/ }],
    ["DELETE /readyz", 405, { Allow: /^GET, HEAD, OPTIONS$/ }],
    ["PUT /healthz", 405, { Allow: /^GET, HEAD, OPTIONS$/ }],
    ["POST /openapi/{document}.json", 405, { Allow: /^GET, HEAD, OPTIONS$/ }],
    ["DELETE /problems/malformed-request", 405, { Allow: /^GET, HEAD, OPTIONS$/ }],
    ["OPTIONS {list}", 204, { ...ALLOW, "Accept-Post": /^application\/json$/ }],
    ["OPTIONS {list}/{id}", 204, { ...ALLOW_ONE, "Accept-Patch": /^application\/merge-patch\+json, / }],
    ["OPTIONS {list}/{marker}", 204, ALLOW_ONE],
    ["OPTIONS /v1/{marker}", 404],
    ["OPTIONS *", 204, { Allow: /GET/ }],
    ["HEAD {list}", 200, { "Content-Length": /^[1-9]/ }],
    ["HEAD {list}/{id}", 200, { ETag: /^"1"$/ }],
    ["HEAD {list}/{marker}", 400, { "Content-Length": /^[1-9]/ }],
    ["HEAD /v1/{marker}", 404],
    ["HEAD {list}?limit={marker}", 400],
  ];

const cases: readonly Row[] = CASES.map(([line, status, headers]) => ({
  name: line,
  given: item,
  request: { line },
  expect: { status, ...(headers !== undefined && { headers }) },
}));

const BODY = '{"name":"{marker}"}';

/** Bodies where none belongs are skipped, and change nothing. */
const withBody: readonly Row[] = [
  ["GET {list}/{id}", 200],
  ["HEAD {list}/{id}", 200],
  ["OPTIONS {list}/{id}", 204],
  ["TRACE {list}/{id}", 405],
  ["GET /livez", 200],
  ["GET /v1/{marker}", 404],
  ["DELETE {list}/{id}", 204],
].map(([line, status]) => ({
  name: `${line} with a body`,
  given: item,
  request: { line: String(line), fields: [JSON_FIELD, ["If-Match", "{etag}"]] satisfies Field[], body: BODY },
  expect: { status: Number(status) },
}));

const ofNothing: readonly Row[] = [{
  name: "GET *",
  request: { line: "GET *" },
  expect: { status: [400, 404], by: "platform" },
}];

/** Methods that do not belong where they are sent. */
export const METHODS: Theme = { name: "methods", rows: [...unknown, ...cases, ...ofNothing, ...withBody] };
