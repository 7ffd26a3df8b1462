import { get, JSON_FIELD } from "../requests.ts";
import type { FramedRequest, Row, Statuses, Theme } from "../row.ts";
import { shorten } from "../shorten.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** Where no webhook may lead: into private networks, to this machine, or nowhere. */
const TARGETS = [
  "http://hooks.example.com/",
  "ftp://hooks.example.com/",
  "file:///etc/passwd",
  "javascript:{marker}",
  "data:text/plain,{marker}",
  "//hooks.example.com/",
  "hooks.example.com",
  "https://",
  "https:///{marker}",
  "https://127.0.0.1/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f.0.0.1/",
  "https://0177.0.0.1/",
  "https://0.0.0.0/",
  "https://localhost/",
  "https://LOCALHOST./",
  "https://10.0.0.1/",
  "https://172.16.0.1/",
  "https://192.168.0.1/",
  "https://100.64.0.1/",
  "https://169.254.169.254/latest/meta-data/",
  "https://224.0.0.1/",
  "https://255.255.255.255/",
  "https://[::1]/",
  "https://[::]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[fc00::1]/",
  "https://[fe80::1]/",
  "https://[ff02::1]/",
  "https://somebody:{marker}@hooks.example.com/",
  "https://hooks.example.com/#{marker}",
  "https://hooks.example.com:99999/",
  "https://hooks.example.com/\\u0000",
  "https://{marker}.invalid/",
  `https://hooks.example.com/${"a".repeat(2048)}`,
  "",
] as const;

/** What is no list of types of events, as JSON. */
const NO_TYPES = [
  "[]",
  "null",
  '"payment.settled"',
  '["{marker}"]',
  '["payment.settled","payment.settled"]',
  '["PAYMENT.SETTLED"]',
  "[null]",
  '["payment.settled","payment.refunded","account.opened","account.closed","deposit.settled","{marker}"]',
] as const;

type Simple = readonly [name: string, request: FramedRequest, status: Statuses, fault?: string];

const OTHERS: readonly Simple[] = [
  ["a webhook that is not there", get(`/v1/webhooks/${MISSING}`), 404],
  ["a webhook of no id", get("/v1/webhooks/{marker}"), 400, "id"],
  ["the deliveries of a webhook that is not there", get(`/v1/webhooks/${MISSING}/deliveries`), 404],
  ["deliveries by a cursor of nobody", get(`/v1/webhooks/${MISSING}/deliveries?after={marker}`), [400, 404]],
  ["webhooks by a cursor of nobody", get("/v1/webhooks?after={marker}"), 400, "after"],
  ["webhooks by a cursor of another list", get("/v1/webhooks?after={entries}"), 400, "after"],
  ["no webhooks", get("/v1/webhooks?limit=0"), 400, "limit"],
  ["a webhook that is deleted without If-Match", { line: `DELETE /v1/webhooks/${MISSING}` }, 428],
  [
    "a webhook that is not there to be deleted",
    { line: `DELETE /v1/webhooks/${MISSING}`, fields: [["If-Match", "*"]] },
    404,
  ],
  [
    "a delivery that is not there, again",
    { line: `POST /v1/webhooks/${MISSING}/deliveries/${MISSING}/retry` },
    404,
  ],
  ["a delivery of no id, again", { line: `POST /v1/webhooks/${MISSING}/deliveries/{marker}/retry` }, 400],
  ["a webhook that is put", { line: "PUT /v1/webhooks", fields: [JSON_FIELD], body: "{}" }, 405],
  [
    "a webhook of a secret of one's own",
    create(undefined, undefined, ',"secret":"{marker}"'),
    422,
    "/secret",
  ],
  ["a webhook of an owner of one's own", create(undefined, undefined, ',"owner":"{marker}"'), 422, "/owner"],
];

function create(
  url = "https://127.0.0.1/",
  eventTypes = '["payment.settled"]',
  more = "",
): FramedRequest {
  const body = `{"url":"${url}","eventTypes":${eventTypes}${more}}`;
  return { line: "POST /v1/webhooks", fields: [JSON_FIELD], body };
}

/** Webhooks: where they may not lead, and what is not there. Whoever runs the rows allows no private targets. */
export const WEBHOOKS: Theme = {
  name: "webhooks",
  rows: [
    ...TARGETS.map((url): Row => ({
      name: `a webhook that leads to ${shorten(url)}`,
      request: create(url),
      expect: { status: 422, fault: "/url" },
    })),
    ...NO_TYPES.map((types): Row => ({
      name: `a webhook for ${shorten(types)}`,
      request: create(undefined, types),
      expect: { status: 422 },
    })),
    ...OTHERS.map(([name, request, status, fault]): Row => ({
      name,
      given: "payment",
      request,
      expect: { status, ...(fault !== undefined && { fault }) },
    })),
  ],
};
