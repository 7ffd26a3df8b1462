import { cells, type Field, get, type Row, shorten, type Statuses, type Theme, words } from "../row.ts";

const REQUEST_IDS = cells(
  `{marker} with spaces ¦ {marker}<script> ¦ {marker}\xff ¦ {marker}${"x".repeat(200)} ¦ {marker}"
  {marker},{marker} ¦ {marker};{marker}`,
);

/** Consistency tokens that are made up or changed. */
const TOKENS = [
  "",
  ...cells(
    `a ¦ {marker} ¦ {etag} ¦ {id} ¦ {token}x ¦ x{token} ¦ {token}= ¦ {token}{token} ¦ "{token}" ¦ 0/16B3748
  {token}, {token} ¦ Bearer {token} ¦ ${"A".repeat(66)} ¦ ${"_".repeat(256)} ¦ ${"A".repeat(257)} ¦ ${
      "\xff".repeat(66)
    }
  1; select pg_sleep(9)`,
  ),
];

/** Endpoints of the program itself. */
const ENDPOINTS: readonly (readonly [status: Statuses, lines: readonly string[]])[] = [
  [
    405,
    cells(
      `POST /livez ¦ DELETE /readyz ¦ PUT /healthz ¦ POST /openapi/{document}.json ¦ PUT /openapi ¦ PATCH /.well-known/api-catalog
      DELETE /problems/malformed-request`,
    ),
  ],
  [
    404,
    words(
      `/openapi/ /openapi/{marker}.json /openapi/..%2f..%2fdeno.json /openapi/__proto__.json /problems/{marker}
    /problems/__proto__ /problems/constructor /problems/..%2f..%2fmain.ts`,
    ).map((path) => `GET ${path}`),
  ],
  [
    200,
    cells(
      "GET /readyz?verbose={marker}%zz ¦ GET /openapi/{document}.json?{marker} ¦ GET /openapi/{document}.yaml",
    ),
  ],
  [200, cells("GET /openapi ¦ HEAD /.well-known/api-catalog")],
  [400, cells("HEAD {list}?limit={marker} ¦ GET {list}/nope?x=1")],
];

function token(target: string, expect: Row["expect"], ...values: readonly string[]): Row {
  const fields = values.map((value): Field => ["Consistency-Token", value]);
  return {
    name: `${target} Consistency-Token: ${values.map(shorten).join(" | ")}`,
    request: get(target, ...fields),
    expect,
  };
}

const REFUSED = { status: 400, fault: "Consistency-Token" };

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
    ...TOKENS.map((value) => token("{item}", REFUSED, value)),
    token("{item}", { status: 200 }, "{token}"),
    token("{item}", REFUSED, "{token}", "{token}"),
    token("{list}", REFUSED, "{marker}"),
    {
      name: "HEAD {list}",
      request: { line: "HEAD {list}" },
      expect: { status: 200, headers: { "Content-Length": /^[1-9]/ } },
    },
    ...ENDPOINTS.flatMap(([status, lines]) =>
      lines.map((line): Row => ({
        name: line,
        request: { line },
        expect: { status, ...status === 405 && { headers: { Allow: /^GET, HEAD, OPTIONS$/ } } },
      }))
    ),
  ],
};
