import {
  type Field,
  get,
  type Row,
  shorten,
  type Statuses,
  type Theme,
  words,
} from "@archway/tools/support/conformance/row.ts";

/** Header fields of a read that change nothing. */
const IGNORED: readonly Field[] = [
  ["Accept", `${"a/b;q=0.1,".repeat(1_000)}application/json`],
  ...["", "APPLICATION/JSON"].map((value): Field => ["Accept", value]),
  ...["identity;q=0, *;q=0", "gzip, br, zstd, deflate, compress, {marker}"].map((
    value,
  ): Field => ["Accept-Encoding", value]),
  ["Accept-Charset", "utf-16"],
  ["Accept-Language", "xx-{marker},".repeat(200)],
  ...words("X-HTTP-Method-Override X-HTTP-Method X-Method-Override").map((name): Field => [name, "DELETE"]),
  ...words("X-Original-URL X-Rewrite-URL X-Forwarded-Prefix").map((name): Field => [name, "/v1/{marker}"]),
  ["X-Forwarded-Host", "{marker}.example"],
  ["X-Forwarded-Proto", "{marker}"],
  ["Forwarded", 'for="_{marker}";host="{marker}";proto=gopher'],
  ["X-Forwarded-For", "127.0.0.1, ".repeat(1_000)],
  ...["bytes=0-0", `bytes=${"0-0,".repeat(1_000)}0-0`, "bytes=9-1", "{marker}=0-1"].map((
    value,
  ): Field => ["Range", value]),
  ["If-Range", '"{marker}"'],
  ["If-Modified-Since", "{marker}"],
  ["If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT"],
  ["If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"],
  ["Referer", "javascript:alert('{marker}')"],
  ["From", "${jndi:ldap://127.0.0.1:1/{marker}}"],
  ...["=;;={marker}; a; $Version=1; __proto__=1", "a=%; b=%zz; c=%ff", "a=1; ".repeat(1_000)].map((
    value,
  ): Field => ["Cookie", value]),
  ["Upgrade", "h2c"],
  ["TE", "trailers, deflate;q=0.5, {marker}"],
  ["Trailer", "Content-Length, Host"],
  ["Max-Forwards", "0"],
  ["Via", "1.1 {marker}"],
  ["Prefer", "respond-async, wait=100"],
  ["Idempotency-Key", '"{marker}"'],
  ...["{marker}", `00-${"0".repeat(32)}-${"0".repeat(16)}-00`].map((value): Field => ["traceparent", value]),
  ["baggage", `${"{marker}=%zz,".repeat(64)}=`],
  ["X-Amzn-Trace-Id", "Root={marker};Parent=;Sampled=9"],
  ["X-Bytes", "\x80\xff{marker}"],
  ["X-Tabs", "\ta\t{marker}\t"],
  ["X-Empty", ""],
  ["__proto__", "{marker}"],
  ["!#$%&'*+-.^_`|~9aZ", "{marker}"],
  ["Date", "Fri, 31 Dec 9999 23:59:59 GMT"],
  ["Cache-Control", "only-if-cached"],
  ["Connection", "close, Host, Content-Length"],
];

/** Header fields that a service may refuse. */
const REFUSED: readonly (readonly [field: Field, status: Statuses])[] = [
  ...["q=2", `q=0.${"1".repeat(500)}`, "q=-1", 'x="{marker}'].map((text) =>
    [["Accept", `application/json;${text}`], [200, 406]] as const
  ),
  [["Accept", "{marker}"], [200, 406]],
  [["Accept", ",".repeat(5_000)], [200, 406]],
  [["Origin", "https://{marker}.example"], [200, 403]],
  [["Origin", "null"], [200, 403]],
  [["Upgrade", "websocket"], [200, 400, 426]],
  [["Early-Data", "1"], [200, 425]],
];

/** Values of `Host` that are no authority, or another's. */
const HOSTS: readonly (readonly [host: string, status: Statuses])[] = [
  ...["", "{marker}/../v1", "{marker}{list}?", "{marker}#", "user@{marker}", "{marker} x", "{marker}\\x"].map(
    (host) => [host, 400] as const,
  ),
  ...[
    "{marker}:99999",
    "{marker}:-1",
    "{marker}:80:80",
    "[::1",
    "[{marker}]",
    "{marker}\xe9",
    "%00",
    "<script>",
  ].map((host) => [host, 400] as const),
  ...["{marker},{marker}", "*"].map((host) => [host, [200, 400]] as const),
  // Where every client of this machine is let in, pages from elsewhere are not.
  ...["{marker}.example.com", "127.0.0.1.{marker}.example.com"].map((host) => [host, [200, 421]] as const),
];

function read(field: Field, status: Statuses): Row {
  const [name, value] = field;
  const expect = { status, headers: { "Content-Encoding": null } };
  return { name: `${name}: ${shorten(value)}`, request: get("{get}", field), expect, isHouseRule: true };
}

/** Header fields that are wrong, mislead or are of no use. */
export const FIELDS: Theme = {
  name: "header fields",
  section: "RFC 9110, section 5",
  rows: [
    ...IGNORED.map((field) => read(field, 200)),
    ...REFUSED.map(([field, status]) => read(field, status)),
    ...HOSTS.map(([host, status]): Row => ({
      name: `Host: ${host}`,
      request: get("{open}", ["Host", host]),
      expect: { status, section: "RFC 9112, section 3.2", by: "platform" },
      isHouseRule: true,
    })),
  ],
};
