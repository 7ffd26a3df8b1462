import { JSON_FIELD } from "../requests.ts";
import type { Field, Row, Statuses, Theme } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import { item } from "../set_up.ts";

const MALFORMED = [
  "",
  "{marker}",
  "1",
  '"1',
  '1"',
  "'1'",
  '"',
  '"1" "2"',
  '"1";"2"',
  '"a b"',
  '"a"b"',
  'w/"1"',
  'W"1"',
  'W/ "1"',
  "W/",
  ",",
  ",,,",
  "* *",
  '*, "1"',
  '"1", *',
  "**",
  "\xff",
  '"1"\\',
  "null",
  '{"1"}',
  "<1>",
];

const malformed: readonly Row[] = MALFORMED.map((value) => ({
  name: `If-Match: ${value}`,
  given: item,
  request: { line: "DELETE {list}/{id}", fields: [["If-Match", value]] },
  expect: { status: 400, fault: "If-Match" },
}));

const CONDITIONS: readonly (readonly [line: string, fields: readonly Field[], status: Statuses])[] = [
  ["DELETE", [], 428],
  ["PUT", [], 428],
  ["PATCH", [], 428],
  ["DELETE", [["If-Match", 'W/"1"']], 412],
  ["DELETE", [["If-Match", '"{marker}"']], 412],
  ["DELETE", [["If-Match", '"0"']], 412],
  ["DELETE", [["If-Match", '"-1"']], 412],
  ["DELETE", [["If-Match", '"01"']], 412],
  ["DELETE", [["If-Match", '"1.0"']], 412],
  ["DELETE", [["If-Match", '"1e0"']], 412],
  ["DELETE", [["If-Match", '"+1"']], 412],
  ["DELETE", [["If-Match", '"9223372036854775807"']], 412],
  ["DELETE", [["If-Match", '"9223372036854775808"']], 412],
  ["DELETE", [["If-Match", `"${"9".repeat(900)}"`]], 412],
  ["DELETE", [["If-Match", `"${"9".repeat(2_000)}"`]], 400],
  ["DELETE", [["If-Match", '""']], 412],
  ["DELETE", [["If-Match", '"1;drop"']], 412],
  ["DELETE", [["If-Match", '"\xff"']], 412],
  ["DELETE", [["If-Match", '"2", "3", W/"1"']], 412],
  ["DELETE", [["If-Match", '"2", {etag}']], 204],
  ["DELETE", [["If-Match", " \t{etag}\t "]], 204],
  ["DELETE", [["If-Match", ', ,"2",,{etag},']], 204],
  ["DELETE", [["If-Match", '"a,b", {etag}']], 204],
  ["DELETE", [["If-Match", "*"]], 204],
  ["DELETE", [["If-Match", '"2"'], ["If-Match", "{etag}"]], 204],
  ["DELETE", [["if-match", "{etag}"]], 204],
  ["DELETE", [["If-Match", "{etag}"], ["If-None-Match", "{etag}"]], 412],
  ["DELETE", [["If-Match", "{etag}"], ["If-None-Match", "*"]], 412],
  ["DELETE", [["If-Match", "*"], ["If-None-Match", '"{marker}"']], 400],
  ["DELETE", [["If-Match", "{etag}"], ["If-None-Match", "{marker}"]], 204],
  ["DELETE", [["If-None-Match", "*"]], 428],
  ["DELETE", [["If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"]], 428],
  ["GET", [["If-None-Match", "{etag}"]], 304],
  ["HEAD", [["If-None-Match", "{etag}"]], 304],
  ["GET", [["If-None-Match", "W/{etag}"]], 304],
  ["GET", [["If-None-Match", "*"]], 304],
  ["GET", [["If-None-Match", '"{marker}", W/"x", {etag}']], 304],
  ["GET", [["If-None-Match", `${'"x",'.repeat(900)}{etag}`]], 304],
  ["GET", [["If-None-Match", `${'"x",'.repeat(1_500)}{etag}`]], 200],
  ["GET", [["If-None-Match", `${",".repeat(4_000)}{etag}`]], 304],
  ["GET", [["If-None-Match", `${'W/"'.repeat(2_500)}`]], 200],
  ["GET", [["If-None-Match", `"${"a".repeat(9_000)}"`]], [200, 400]],
  ["GET", [["If-None-Match", "{marker}"]], 200],
  ["GET", [["If-None-Match", '"{etag}"']], 200],
  ["GET", [["If-None-Match", ""]], 200],
  ["GET", [["If-None-Match", "\xff\xfe"]], 200],
  ["GET", [["If-None-Match", '"{marker}"'], ["If-None-Match", "{etag}"]], 304],
  ["GET", [["If-Match", "{etag}"]], 200],
  ["GET", [["If-Match", '"{marker}"']], 412],
  ["GET", [["If-Match", 'W/"1"']], 412],
  ["GET", [["If-Match", "{marker}"]], 400],
  ["GET", [["If-Match", "*"], ["If-None-Match", "{etag}"]], 304],
  ["GET", [["If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT"]], 200],
];

const conditions: readonly Row[] = CONDITIONS.map(([method, fields, status]) => ({
  name: `${method} ${
    fields.map(([name, value]) => `${name}: ${shorten(value)}`).join(" | ") || "without If-Match"
  }`,
  given: item,
  request: {
    line: `${method} {list}/{id}`,
    fields: method === "PUT" || method === "PATCH" ? [JSON_FIELD, ...fields] : fields,
    ...((method === "PUT" || method === "PATCH") && { body: "{sample}" }),
  },
  expect: {
    status,
    ...(status === 412 || status === 304 ? { headers: { ETag: /^"1"$/ } } : {}),
    ...(status === 304 && { echoes: true as const }),
  },
}));

const nowhere: readonly Row[] = [
  ["GET", '"1"', 404],
  ["DELETE", '"1"', 404],
  ["DELETE", "*", 404],
  ["DELETE", 'W/"1"', 404],
  ["DELETE", "{marker}", 400],
].map(([method, value, status]) => ({
  name: `${method} of nothing with If-Match: ${value}`,
  request: {
    line: `${method} {list}/0193a3f0-0000-7000-8000-00000000000a`,
    fields: [["If-Match", String(value)]] satisfies Field[],
  },
  expect: { status: Number(status) },
}));

/** Conditions that are malformed, contradict each other, or are very long. */
export const CONDITIONALS: Theme = { name: "conditionals", rows: [...malformed, ...conditions, ...nowhere] };
