import { type Row, shorten, type Statuses, type Theme, words } from "../row.ts";

/** Request lines that are odd, foreign or malformed, by the status that they get. */
const LINES: readonly (readonly [status: Statuses, section: string, lines: readonly string[]])[] = [
  [
    404,
    "RFC 9110, section 15.5.5",
    gets(`// //{list} {nowhere} {list}/ {list}// {item}/ {item}/x /V1/contacts /v1/Profiles
    {list};x={marker} /v1;a=b/contacts {list}.json {list}%2f{id} /v1%2fcontacts {list}%20 {list}%3flimit=1 {list}%23
    {list}%0d%0aSet-Cookie:%20{marker}=1 /../../../../etc/passwd /%2e%2e/%2e%2e/etc/passwd /%252e%252e/etc/passwd /.env
    /.git/config /deno.json /main.ts /actuator/env /server-status /wp-admin.php?x={marker} /__proto__
    /constructor/prototype //example.com{list} /v1//contacts`),
  ],
  [404, "RFC 9110, section 15.5.5", ["TRACE {nowhere}", "OPTIONS {nowhere}", "HEAD {nowhere}"]],
  [
    [400, 404],
    "RFC 9112, section 3.2",
    gets(`{list}%00 {list}/.. {list}/%2e%2e /..\\..\\windows\\win.ini ?x={marker}
    \\v1\\contacts /v1/\x7fcontacts /v1/con\xc3\xa9tacts /v1/<script>{marker}</script> /v1/"'\`|^ http://{list} *
    file:///etc/passwd example.com:80`),
  ],
  [400, "RFC 9112, section 3.2", [
    "GET {list}/' OR 1=1",
    "GET {list}?lim%69t=1&limit=1",
    ...gets("v1/contacts http:// http://[::1{list} javascript:alert(1) data:text/html,{marker}"),
  ]],
  [
    [200, 400, 404],
    "RFC 9112, section 3.2",
    gets("/ /%76%31/contacts /x/..{list} /.{list} ftp://example.com{open}"),
  ],
  [
    [200, 400],
    "RFC 9112, section 3.2",
    gets(
      "{get}# {get}#{marker} {get}& {list}?& {list}?&&&& http://user:{marker}@example.com{open} http://[::1{open}",
    ),
  ],
  [200, "RFC 3986, section 6.2.2.2", gets("{list}?%6cimit=1")],
  // Another host than that of the Host field.
  [
    400,
    "RFC 9112, section 3.2.2",
    gets("https://{marker}.example{open} http://127.0.0.1:1{open} http://{marker}.example{get}"),
  ],
  [[400, 404, 405, 421, 501], "RFC 9110, section 9.3.6", ["CONNECT example.com:80", "CONNECT {list}"]],
  [
    501,
    "RFC 9110, section 15.6.2",
    words(`FOO get Get pOST GETS PROPFIND MKCOL PURGE BREW PRI __PROTO__ constructor
    !#$%&'*+-.^_\`|~ ${"A".repeat(1_000)}`).map((method) => `${method} {list}`),
  ],
  [204, "RFC 9110, section 9.3.7", ["OPTIONS *"]],
];

function gets(targets: string): readonly string[] {
  return words(targets).map((target) => `GET ${target}`);
}

/** Targets and methods that are odd, foreign or malformed. */
export const TARGET_ROWS: Theme = {
  name: "targets",
  rows: LINES.flatMap(([status, section, lines]) =>
    lines.map((line): Row => ({
      name: shorten(line),
      request: { line, fields: [["X-Planted", "{marker}"]] },
      expect: { status, section, by: "platform", ...status === 204 && { headers: { Allow: /GET/ } } },
      isHouseRule: true,
    }))
  ),
};
