import {
  get,
  type Row,
  shorten,
  type Statuses,
  type Theme,
  words,
} from "@archway/tools/support/conformance/row.ts";

const REQUEST_IDS = [
  ...["{marker} with spaces", "{marker}<script>", "{marker}\xff", `{marker}${"x".repeat(200)}`, '{marker}"'],
  ...["{marker},{marker}", "{marker};{marker}"],
];

/** Consistency tokens that are made up or changed. */
const TOKENS = [
  ...words(`a {marker} {etag} {token}x x{token} {token}= {token}{token} "{token}" 0/16B3748`),
  ...[
    "",
    "{token}, {token}",
    "Bearer {token}",
    "A".repeat(66),
    "_".repeat(256),
    "A".repeat(257),
    "\xff".repeat(66),
    "1; select pg_sleep(9)",
  ],
];

/** Endpoints of the program itself. */
const ENDPOINTS: readonly (readonly [line: string, status: Statuses, allow?: RegExp])[] = [
  ...[
    "POST /livez",
    "DELETE /readyz",
    "PUT /healthz",
    "POST /openapi/{document}.json",
    "DELETE /problems/malformed-request",
  ]
    .map((line) => [line, 405, /^GET, HEAD, OPTIONS$/] as const),
  ...words(`/openapi /openapi/ /openapi/{marker}.json /openapi/..%2f..%2fdeno.json /openapi/__proto__.json
    /problems/{marker} /problems/__proto__ /problems/constructor /problems/..%2f..%2fmain.ts`).map((path) =>
    [`GET ${path}`, 404] as const
  ),
  ["GET /readyz?verbose={marker}%zz", 200],
  ["GET /openapi/{document}.json?{marker}", 200],
  ["HEAD {list}", 200],
  ["HEAD {list}?limit={marker}", 400],
  ["GET {list}/nope?x=1", 400],
];

/** Rules of Archway's own programs. */
export const HOUSE_ROWS: Theme = {
  name: "house rules",
  section: "docs/http.md",
  rows: [
    ...REQUEST_IDS.map((value): Row => ({
      name: `X-Request-Id: ${shorten(value)}`,
      request: get("{list}/nope", ["X-Request-Id", value]),
      expect: { status: 400, headers: { "X-Request-Id": /^[0-9a-f-]{36}$/ } },
    })),
    ...TOKENS.map((value): Row => ({
      name: `Consistency-Token: ${shorten(value)}`,
      request: get("{item}", ["Consistency-Token", value]),
      expect: { status: 400, fault: "Consistency-Token" },
    })),
    {
      name: "a valid Consistency-Token",
      request: get("{item}", ["Consistency-Token", "{token}"]),
      expect: { status: 200 },
    },
    {
      name: "a Consistency-Token twice",
      request: get("{item}", ["Consistency-Token", "{token}"], ["Consistency-Token", "{token}"]),
      expect: { status: 400, fault: "Consistency-Token" },
    },
    {
      name: "a wrong Consistency-Token of a list",
      request: get("{list}", ["Consistency-Token", "{marker}"]),
      expect: { status: 400 },
    },
    ...ENDPOINTS.map(([line, status, allow]): Row => ({
      name: line,
      request: { line },
      expect: { status, ...allow && { headers: { Allow: allow } } },
    })),
  ],
};
