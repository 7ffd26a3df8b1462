import { cells, type Field, get, type Row, shorten, type Statuses, type Theme, words } from "../row.ts";

/** Header fields of a read that change nothing. */
const IGNORED = cells(
  `Accept: ${"a/b;q=0.1,".repeat(1_000)}application/json ¦ Accept: ¦ Accept: APPLICATION/JSON
  Accept-Encoding: identity;q=0, *;q=0 ¦ Accept-Encoding: gzip, br, zstd, deflate, compress, {marker}
  Accept-Charset: utf-16 ¦ Accept-Language: ${"xx-{marker},".repeat(200)} ¦ X-HTTP-Method-Override: DELETE
  X-HTTP-Method: PUT ¦ X-Method-Override: PATCH ¦ X-Original-URL: /v1/{marker} ¦ X-Rewrite-URL: /v1/{marker}
  X-Forwarded-Host: {marker}.example ¦ X-Forwarded-Proto: {marker} ¦ X-Forwarded-Prefix: /{marker}
  X-Forwarded-For: ${"127.0.0.1, ".repeat(1_000)} ¦ Forwarded: for="_{marker}";host="{marker}";proto=gopher
  Range: bytes=0-0 ¦ Range: bytes=${
    "0-0,".repeat(1_000)
  }0-0 ¦ Range: bytes=9-1 ¦ Range: {marker}=0-1 ¦ If-Range: "{marker}"
  If-Modified-Since: {marker} ¦ If-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT
  If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT ¦ Referer: javascript:alert('{marker}')
  From: \${jndi:ldap://127.0.0.1:1/{marker}} ¦ Cookie: =;;={marker}; a; $Version=1; __proto__=1
  Cookie: a=%; b=%zz; c=%ff ¦ Cookie: ${
    "a=1; ".repeat(1_000)
  } ¦ Upgrade: h2c ¦ TE: trailers, deflate;q=0.5, {marker}
  Trailer: Content-Length, Host ¦ Max-Forwards: 0 ¦ Via: 1.1 {marker} ¦ Prefer: respond-async, wait=100
  Idempotency-Key: "{marker}" ¦ traceparent: {marker} ¦ traceparent: 00-${"0".repeat(32)}-${"0".repeat(16)}-00
  baggage: ${
    "{marker}=%zz,".repeat(64)
  }= ¦ X-Amzn-Trace-Id: Root={marker};Parent=;Sampled=9 ¦ X-Bytes: \x80\xff{marker}
  X-Tabs: \ta\t{marker}\t ¦ X-Empty: ¦ __proto__: {marker} ¦ !#$%&'*+-.^_\`|~9aZ: {marker} ¦ Cache-Control: only-if-cached
  Date: Fri, 31 Dec 9999 23:59:59 GMT ¦ Connection: close, Host, Content-Length`,
);

/** Header fields that a service may refuse, by the statuses that they get. */
const REFUSED: readonly (readonly [status: Statuses, fields: readonly string[]])[] = [
  [
    [200, 406],
    cells(`Accept: application/json;q=2 ¦ Accept: application/json;q=0.${"1".repeat(500)} ¦ Accept: {marker}
    Accept: application/json;q=-1 ¦ Accept: application/json;x="{marker} ¦ Accept: ${",".repeat(5_000)}`),
  ],
  [[200, 403], cells("Origin: https://{marker}.example ¦ Origin: null")],
  [[200, 400, 425, 426], cells("Upgrade: websocket ¦ Early-Data: 1")],
];

/** Values of `Host` that are no authority, or another's. */
const HOSTS: readonly (readonly [status: Statuses, hosts: readonly string[]])[] = [
  [400, [
    "",
    "{marker} x",
    ...words(`{marker}/../v1 {marker}{list}? {marker}# user@{marker} {marker}\\x {marker}:99999
    {marker}:-1 {marker}:80:80 [::1 [{marker}] {marker}\xe9 %00 <script>`),
  ]],
  [[200, 400], ["{marker},{marker}", "*"]],
  // Where every client of this machine is let in, pages from elsewhere are not.
  [[200, 421], ["{marker}.example.com", "127.0.0.1.{marker}.example.com"]],
];

function read(line: string, status: Statuses): Row {
  const [name = "", ...value] = line.split(":");
  const field: Field = [name, value.join(":").replace(/^ /, "")];
  return {
    name: shorten(line),
    request: get("{get}", field),
    expect: { status, headers: { "Content-Encoding": null } },
    isHouseRule: true,
  };
}

/** Header fields that are wrong, mislead or are of no use. */
export const FIELDS: Theme = {
  name: "header fields",
  section: "RFC 9110, section 5",
  rows: [
    ...IGNORED.map((line) => read(line, 200)),
    ...REFUSED.flatMap(([status, lines]) => lines.map((line) => read(line, status))),
    ...HOSTS.flatMap(([status, hosts]) =>
      hosts.map((host): Row => ({
        name: `Host: ${host}`,
        request: get("{open}", ["Host", host]),
        expect: { status, section: "RFC 9112, section 3.2", by: "platform" },
        isHouseRule: true,
      }))
    ),
  ],
};
