import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { get, JSON_FIELD } from "@archway/tools/support/conformance/requests.ts";
import { type Row, type Statuses, utf8 } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import type { Suite } from "@archway/tools/support/conformance/suite.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** URLs that are refused for webhooks, as JSON. None of them needs a name server. */
const BAD_URLS = [
  '"http://93.184.216.34/"',
  '"https://127.0.0.1/"',
  '"https://127.0.0.1:1/{marker}"',
  '"https://127.1/"',
  '"https://2130706433/"',
  '"https://0x7f000001/"',
  '"https://0177.0.0.1/"',
  '"https://0/"',
  '"https://0.0.0.0/"',
  '"https://localhost/"',
  '"https://LOCALHOST./"',
  '"https://10.0.0.1/"',
  '"https://172.16.0.1/"',
  '"https://192.168.0.1/"',
  '"https://100.64.0.1/"',
  '"https://169.254.169.254/latest/meta-data/"',
  '"https://192.0.2.1/"',
  '"https://198.18.0.1/"',
  '"https://224.0.0.1/"',
  '"https://255.255.255.255/"',
  '"https://[::]/"',
  '"https://[::1]/"',
  '"https://[::ffff:127.0.0.1]/"',
  '"https://[::ffff:a9fe:a9fe]/"',
  '"https://[64:ff9b::7f00:1]/"',
  '"https://[fe80::1]/"',
  '"https://[fe80::1%25eth0]/"',
  '"https://[fd00::1]/"',
  '"https://[2001:db8::1]/"',
  '"https://user:{marker}@93.184.216.34/"',
  '"https://user@93.184.216.34/"',
  '"https://93.184.216.34/#{marker}"',
  '"https://93.184.216.34:99999/"',
  '"https://93.184.216.256/"',
  '"https://"',
  '"https:///"',
  '"https://:443/"',
  '"https:/ /93.184.216.34/"',
  '"//93.184.216.34/"',
  '"/{marker}"',
  '"{marker}"',
  '"ftp://93.184.216.34/"',
  '"file:///etc/passwd"',
  '"javascript:alert(1)"',
  '"data:text/plain,{marker}"',
  '"gopher://127.0.0.1:6379/_FLUSHALL"',
  '"unix:/run/postgresql"',
  '"https://127.0.0.1\\\\@93.184.216.34/"',
  '"https://127.0.0.1\\t/"',
  '"\\u0000"',
  utf8('"https://１２７.０.０.１/"'),
  utf8('"https://①②⑦.0.0.1/"'),
  utf8('"https://127。0。0。1/"'),
  `"https://93.184.216.34/${"a".repeat(2_048)}"`,
  '""',
  "null",
  "1",
  '["https://93.184.216.34/"]',
  "{}",
] as const;

/** Returns invalid lists of event types, as JSON. @param type Type that a service publishes. */
function badTypes(type: string): readonly (readonly [types: string, fault: string])[] {
  return [
    ["[]", "/eventTypes"],
    ["null", "/eventTypes"],
    [`"${type}"`, "/eventTypes"],
    ["{}", "/eventTypes"],
    ['["*"]', "/eventTypes/0"],
    [`["${type.replace(/\w+$/, "*")}"]`, "/eventTypes/0"],
    [`["${type.toUpperCase()}"]`, "/eventTypes/0"],
    [`["${type} "]`, "/eventTypes/0"],
    ['["{marker}"]', "/eventTypes/0"],
    ["[1]", "/eventTypes/0"],
    ["[null]", "/eventTypes/0"],
    [`[["${type}"]]`, "/eventTypes/0"],
    [`["${type}","${type}"]`, "/eventTypes"],
  ];
}

function create(body: string): Row["request"] {
  return { line: "POST /v1/webhooks", fields: [JSON_FIELD], body };
}

const WEBHOOK = `/v1/webhooks/${MISSING}`;

type Simple = readonly [name: string, request: Row["request"], status: Statuses, fault?: string];

function others(types: string): readonly Simple[] {
  return [
    ["a webhook without a URL", create(`{"eventTypes":${types}}`), 422, "/url"],
    ["a webhook without types", create('{"url":"https://127.0.0.1/"}'), 422, "/eventTypes"],
    [
      "a webhook with a secret of one's own",
      create(`{"url":"https://127.0.0.1/","eventTypes":${types},"secret":"{marker}"}`),
      422,
      "/secret",
    ],
    [
      "a webhook for another owner",
      create(`{"url":"https://127.0.0.1/","eventTypes":${types},"owner":"{marker}"}`),
      422,
      "/owner",
    ],
    ["a webhook that is not there", get(WEBHOOK), 404],
    ["a webhook under no id", get("/v1/webhooks/{marker}"), 400, "id"],
    ["the deliveries of a webhook that is not there", get(`${WEBHOOK}/deliveries`), 404],
    ["one delivery by itself", get(`${WEBHOOK}/deliveries/${MISSING}`), 404],
    ["a delivery that is not there, again", { line: `POST ${WEBHOOK}/deliveries/${MISSING}/retry` }, 404],
    [
      "a delivery under no id, again",
      { line: `POST ${WEBHOOK}/deliveries/{marker}/retry` },
      400,
      "deliveryId",
    ],
    ["a retry by GET", get(`${WEBHOOK}/deliveries/${MISSING}/retry`), 405],
    ["a webhook that is deleted without If-Match", { line: `DELETE ${WEBHOOK}` }, [404, 428]],
    [
      "a webhook that is deleted and not there",
      { line: `DELETE ${WEBHOOK}`, fields: [["If-Match", '"1"']] },
      404,
    ],
    ["a webhook that is changed", { line: `PATCH ${WEBHOOK}`, fields: [JSON_FIELD], body: "{}" }, 405],
    ["a list of webhooks with a limit of 0", get("/v1/webhooks?limit=0"), 400, "limit"],
  ];
}

/**
 * Returns the negative tests of webhooks. They create no webhook, which would receive the events of other tests. Without
 * a service that publishes events there are none, as every webhook is refused for its event types.
 */
export function conformance(services: readonly ServiceModule[]): Suite {
  const [type] = services.flatMap(({ events }) => Object.keys(events?.types ?? {}));
  const themes = type === undefined ? [] : [{ name: "webhooks", rows: rowsOf(type) }];
  return { list: "/v1/webhooks", document: "webhook", themes };
}

function rowsOf(type: string): readonly Row[] {
  const types = `["${type}"]`;
  return [
    ...BAD_URLS.map((url): Row => ({
      name: `a URL of ${shorten(url)}`,
      request: create(`{"url":${url},"eventTypes":${types}}`),
      expect: { status: 422, fault: "/url" },
    })),
    ...badTypes(type).map(([types, fault]): Row => ({
      name: `types of ${shorten(types)}`,
      request: create(`{"url":"https://127.0.0.1/","eventTypes":${types}}`),
      expect: { status: 422, fault },
    })),
    ...others(types).map(([name, request, status, fault]): Row => ({
      name,
      request,
      expect: { status, ...(fault !== undefined && { fault }) },
    })),
    {
      name: "a cursor that is none",
      request: get("/v1/webhooks?after={marker}"),
      expect: { status: 400, fault: "after" },
    },
  ];
}
