import { create, createAs, get } from "../requests.ts";
import type { Field, Row, Statuses, Theme } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";

/** Header fields of a read that is otherwise right, with what comes of them. */
const OF_READS: readonly (readonly [name: string, field: Field, status: Statuses])[] = [
  ["Accept for something else", ["Accept", "text/html"], 406],
  ["Accept that refuses what there is", ["Accept", "application/json;q=0"], 406],
  ["Accept that refuses everything", ["Accept", "*/*;q=0"], 406],
  ["Accept that refuses JSON and takes the rest", ["Accept", "application/json;q=0, */*;q=1"], 406],
  ["Accept with a weight above 1", ["Accept", "application/json;q=2"], [200, 406]],
  ["Accept with a weight of many digits", ["Accept", `application/json;q=0.${"1".repeat(500)}`], [200, 406]],
  ["Accept that is negative", ["Accept", "application/json;q=-1"], [200, 406]],
  ["Accept that is not a list of types", ["Accept", "{marker}"], [200, 406]],
  ["Accept of commas", ["Accept", ",".repeat(5_000)], [200, 406]],
  ["Accept of 1,000 ranges", ["Accept", `${"a/b;q=0.1,".repeat(1_000)}application/json`], 200],
  ["Accept with quotes that do not end", ["Accept", 'application/json;x="{marker}'], [200, 406]],
  ["Accept that is empty", ["Accept", ""], 200],
  ["Accept in capitals", ["Accept", "APPLICATION/JSON"], 200],
  ["Accept of a version", ["Accept", "application/vnd.{marker}.v2+json"], 406],
  ["Accept-Encoding that refuses everything", ["Accept-Encoding", "identity;q=0, *;q=0"], 200],
  [
    "Accept-Encoding of many codings",
    ["Accept-Encoding", "gzip, br, zstd, deflate, compress, {marker}"],
    200,
  ],
  ["Accept-Charset of something else", ["Accept-Charset", "utf-16"], 200],
  ["Accept-Language of 200 languages", ["Accept-Language", "xx-{marker},".repeat(200)], 200],
  ["a method override", ["X-HTTP-Method-Override", "DELETE"], 200],
  ["another method override", ["X-HTTP-Method", "PUT"], 200],
  ["a third method override", ["X-Method-Override", "PATCH"], 200],
  ["a URL that is rewritten", ["X-Original-URL", "/v1/{marker}"], 200],
  ["another URL that is rewritten", ["X-Rewrite-URL", "/v1/{marker}"], 200],
  ["a forwarded host that nobody trusts", ["X-Forwarded-Host", "{marker}.example"], 200],
  ["a forwarded scheme that nobody trusts", ["X-Forwarded-Proto", "{marker}"], 200],
  ["a forwarded prefix that nobody trusts", ["X-Forwarded-Prefix", "/{marker}"], 200],
  ["Forwarded", ["Forwarded", 'for="_{marker}";host="{marker}";proto=gopher'], 200],
  ["a thousand hops", ["X-Forwarded-For", "127.0.0.1, ".repeat(1_000)], 200],
  ["Range of bytes", ["Range", "bytes=0-0"], 200],
  ["Range of very many ranges", ["Range", `bytes=${"0-0,".repeat(1_000)}0-0`], 200],
  ["Range backwards", ["Range", "bytes=9-1"], 200],
  ["Range of another unit", ["Range", "{marker}=0-1"], 200],
  ["If-Range", ["If-Range", '"{marker}"'], 200],
  ["If-Modified-Since of no date", ["If-Modified-Since", "{marker}"], 200],
  ["If-Modified-Since of the year 9999", ["If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT"], 200],
  ["If-Unmodified-Since of 1970", ["If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"], 200],
  ["Origin of somebody else", ["Origin", "https://{marker}.example"], [200, 403]],
  ["Origin null", ["Origin", "null"], [200, 403]],
  ["Referer with a script", ["Referer", "javascript:alert('{marker}')"], 200],
  ["Cookie of rubbish", ["Cookie", "=;;={marker}; a; $Version=1; __proto__=1"], 200],
  ["Cookie with a percent sign that ends", ["Cookie", "a=%; b=%zz; c=%ff"], 200],
  ["1,000 cookies", ["Cookie", "a=1; ".repeat(1_000)], 200],
  ["Upgrade to h2c", ["Upgrade", "h2c"], 200],
  ["Upgrade to a web socket", ["Upgrade", "websocket"], [200, 400, 426]],
  ["TE", ["TE", "trailers, deflate;q=0.5, {marker}"], 200],
  ["Trailer", ["Trailer", "Content-Length, Host"], 200],
  ["Max-Forwards", ["Max-Forwards", "0"], 200],
  ["Via of itself", ["Via", "1.1 {marker}"], 200],
  ["Prefer", ["Prefer", "respond-async, wait=100"], 200],
  ["Early-Data", ["Early-Data", "1"], [200, 425]],
  ["an Idempotency-Key where none is used", ["Idempotency-Key", '"{marker}"'], 200],
  ["traceparent of rubbish", ["traceparent", "{marker}"], 200],
  ["traceparent of zeros", ["traceparent", "00-00000000000000000000000000000000-0000000000000000-00"], 200],
  ["tracestate and baggage of rubbish", ["baggage", `${"{marker}=%zz,".repeat(64)}=`], 200],
  ["X-Amzn-Trace-Id of rubbish", ["X-Amzn-Trace-Id", "Root={marker};Parent=;Sampled=9"], 200],
  ["a value of bytes beyond ASCII", ["X-Bytes", "\x80\xff{marker}"], 200],
  ["a value with tabs", ["X-Tabs", "\ta\t{marker}\t"], 200],
  ["a value that is empty", ["X-Empty", ""], 200],
  ["names of the runtime", ["__proto__", "{marker}"], 200],
  ["a name of all signs a token has", ["!#$%&'*+-.^_`|~9aZ", "{marker}"], 200],
  ["Date of the future", ["Date", "Fri, 31 Dec 9999 23:59:59 GMT"], 200],
  ["Cache-Control: only-if-cached", ["Cache-Control", "only-if-cached"], 200],
  ["Connection that lists other fields", ["Connection", "close, Host, Content-Length"], 200],
  ["From with a template", ["From", "${jndi:ldap://127.0.0.1:1/{marker}}"], 200],
];

const ofReads: readonly Row[] = OF_READS.map(([name, field, status]) => ({
  name,
  request: get("{list}?limit=1", field),
  expect: { status, headers: { "Content-Encoding": null } },
}));

/** A request id that is not sane is not taken over. */
const requestIds: readonly Row[] = [
  "{marker} with spaces",
  "{marker}<script>",
  "{marker}\xff",
  `{marker}${"x".repeat(200)}`,
  '{marker}"',
  "{marker},{marker}",
  "{marker};{marker}",
].map((value, index) => ({
  name: `a request id that is not sane (${index + 1})`,
  request: get("{list}/nope", ["X-Request-Id", value]),
  expect: { status: 400, headers: { "X-Request-Id": /^[0-9a-f-]{36}$/ } },
}));

const CONTENT_TYPES: readonly (readonly [type: string | undefined, status: Statuses])[] = [
  [undefined, 415],
  ["", 415],
  ["{marker}", 415],
  ["application", 415],
  ["application/", 415],
  ["/json", 415],
  ["*/*", 415],
  ["application/*", 415],
  ["text/json", 415],
  ["text/plain", 415],
  ["application/xml", 415],
  ["application/x-www-form-urlencoded", 415],
  ["multipart/form-data; boundary={marker}", 415],
  ["application/jsonp", 415],
  ["application/json5", 415],
  ["application/x-json", 415],
  ["application/hal+json", 415],
  ["application/merge-patch+json", 415],
  ["application/json-patch+json", 415],
  ["application/json, text/plain", 415],
  ["application/json application/json", 415],
  ["application/json; charset", 415],
  ["application/json; =utf-8", 415],
  ["application/json; charset=utf-8x", 415],
  ['application/json; charset="utf-8', 415],
  ["application/json;charset=utf-8", 201],
  ["application/json; CHARSET=Utf-8", 201],
  ["application/json;;;", 201],
  ["application/json; version=1; x={marker}", 201],
  [`application/json;${" ".repeat(3_000)}x=y`, 201],
  ["APPLICATION/JSON", 201],
];

const contentTypes: readonly Row[] = CONTENT_TYPES.map(([type, status]) => ({
  name: `Content-Type ${type === undefined ? "absent" : `"${shorten(type)}"`}`,
  request: createAs(type, "{sample}"),
  expect: { status },
}));

const codings: readonly Row[] = [
  "gzip",
  "br",
  "deflate",
  "zstd",
  "identity, gzip",
  "gzip, gzip, gzip",
  "{marker}",
  "x-gzip",
]
  .map((coding) => ({
    name: `Content-Encoding ${coding}`,
    request: create('{"name":"{marker}"}', ["Content-Encoding", coding]),
    expect: { status: 415, headers: { "Accept-Encoding": /^identity$/ } },
  }));

const HOSTS: readonly (readonly [host: string, status: Statuses])[] = [
  ["", 400],
  ["{marker}/../v1", 400],
  ["{marker}{list}?", 400],
  ["{marker}#", 400],
  ["user@{marker}", 400],
  ["{marker} x", 400],
  ["{marker}\\x", 400],
  ["{marker}:99999", 400],
  ["{marker}:-1", 400],
  ["{marker}:80:80", 400],
  ["[::1", 400],
  ["[{marker}]", 400],
  ["{marker},{marker}", [200, 400]],
  ["{marker}\xe9", 400],
  ["%00", 400],
  ["<script>", 400],
  ["*", [200, 400]],
  // Where everything on this machine is let in, pages from elsewhere are not.
  ["{marker}.example.com", [200, 421]],
  ["127.0.0.1.{marker}.example.com", [200, 421]],
];

const hosts: readonly Row[] = HOSTS.map(([host, status]) => ({
  name: `Host "${host}"`,
  // The host may stand in links to other pages: nothing else can make them absolute.
  request: get("/livez", ["Host", host]),
  expect: { status, by: "platform" },
}));

/** Header fields that lie, mislead or are of no use. */
export const HEADERS: Theme = {
  name: "headers",
  rows: [...ofReads, ...requestIds, ...contentTypes, ...codings, ...hosts],
};
