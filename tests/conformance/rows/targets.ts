import {
  get,
  type Row,
  shorten,
  type Statuses,
  type Theme,
  words,
} from "@archway/tools/support/conformance/row.ts";

/** Targets by the status that they get. */
const TARGETS: readonly (readonly [status: Statuses, targets: readonly string[]])[] = [
  [
    404,
    words(
      `/ // //{list} {nowhere} {list}/ {list}// {item}/ {item}/x /V1/contacts /v1/Profiles {list};x={marker}
    /v1;a=b/contacts {list}.json {list}%2f{id} /v1%2fcontacts {list}%20 {list}%0d%0aSet-Cookie:%20{marker}=1
    {list}%3flimit=1 {list}%23 /../../../../etc/passwd /%2e%2e/%2e%2e/etc/passwd /%252e%252e/etc/passwd /.env
    /.git/config /deno.json /main.ts /actuator/env /server-status /wp-admin.php?x={marker} /__proto__
    /constructor/prototype //example.com{list} /v1//contacts`,
    ),
  ],
  [
    [400, 404],
    words(`{list}%00 {list}/.. {list}/%2e%2e /..\\..\\windows\\win.ini ?x={marker} \\v1\\contacts
    /v1/\x7fcontacts /v1/con\xc3\xa9tacts /v1/<script>{marker}</script> /v1/"'\`|^ http://{list} file:///etc/passwd
    example.com:80 *`),
  ],
  [400, [
    "{list}/' OR 1=1",
    ...words("v1/contacts http:// http://[::1{list} javascript:alert(1) data:text/html,{marker}"),
  ]],
  [[200, 404], words("/%76%31/contacts /x/..{list} /.{list}")],
  [[200, 400], words("{get}# {get}#{marker} http://user:{marker}@example.com{open} http://[::1{open}")],
  [[200, 400, 404], words("ftp://example.com{open}")],
  [200, words("https://{marker}.example{open} http://127.0.0.1:1{open}")],
];

/** Methods that no service has. */
const UNKNOWN = [
  ...words("FOO get Get pOST GETS PROPFIND MKCOL PURGE BREW PRI __PROTO__ constructor !#$%&'*+-.^_`|~"),
  "A".repeat(1_000),
];

const CONNECT = " HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n";

/** Targets and methods that are odd, foreign or malformed. */
export const TARGET_ROWS: Theme = {
  name: "targets",
  section: "RFC 9112, section 3.2",
  rows: [
    ...TARGETS.flatMap(([status, targets]) =>
      targets.map((target): Row => ({
        name: target,
        request: get(target),
        expect: { status, by: "platform" },
        isHouseRule: true,
      }))
    ),
    {
      name: "http://{marker}.example{get}",
      request: get("http://{marker}.example{get}"),
      // The target's own host is the one of links.
      expect: { status: 200, section: "RFC 9112, section 3.2.2", echoes: true },
    },
    ...["example.com:80", "{list}"].map((target): Row => ({
      name: `CONNECT ${target}`,
      request: `CONNECT ${target}${CONNECT}`,
      expect: { status: [400, 404, 405, 421, 501], section: "RFC 9110, section 9.3.6", by: "platform" },
    })),
    ...UNKNOWN.map((method): Row => ({
      name: `${shorten(method)} {list}`,
      request: { line: `${method} {list}`, fields: [["X-Planted", "{marker}"]] },
      expect: {
        status: 501,
        section: "RFC 9110, section 15.6.2",
        ...method === "PRI" && { by: "platform" as const },
      },
      isHouseRule: true,
    })),
    ...["TRACE {nowhere}", "OPTIONS {nowhere}", "HEAD {nowhere}", "GET {nowhere}"].map((line): Row => ({
      name: line,
      request: { line, body: '{"a":"{marker}"}' },
      expect: { status: 404, section: "RFC 9110, section 15.5.5" },
      isHouseRule: !line.startsWith("GET"),
    })),
    {
      name: "OPTIONS *",
      request: { line: "OPTIONS *" },
      expect: { status: 204, section: "RFC 9110, section 9.3.7", headers: { Allow: /GET/ } },
      isHouseRule: true,
    },
  ],
};
