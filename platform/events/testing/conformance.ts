import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { requestRows, type Row, utf8, words } from "@archway/conformance/row.ts";
import type { Suite } from "@archway/conformance/suite.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** URLs that no event may be sent to. None of them needs a name server. */
const BAD_URLS = [
  ...words(
    `http://93.184.216.34/ https://127.0.0.1/ https://127.0.0.1:1/{marker} https://127.1/ https://2130706433/
    https://0x7f000001/ https://0177.0.0.1/ https://0/ https://0.0.0.0/ https://localhost/ https://LOCALHOST./
    https://10.0.0.1/ https://172.16.0.1/ https://192.168.0.1/ https://100.64.0.1/ https://192.0.2.1/ https://198.18.0.1/
    https://169.254.169.254/latest/meta-data/ https://224.0.0.1/ https://255.255.255.255/ https://[::]/ https://[::1]/
    https://[::ffff:127.0.0.1]/ https://[::ffff:a9fe:a9fe]/ https://[64:ff9b::7f00:1]/ https://[fe80::1]/
    https://[fe80::1%25eth0]/ https://[fd00::1]/ https://[2001:db8::1]/ https://user:{marker}@93.184.216.34/
    https://user@93.184.216.34/ https://93.184.216.34/#{marker} https://93.184.216.34:99999/ https://93.184.216.256/
    https:// https:/// https://:443/ //93.184.216.34/ /{marker} {marker} ftp://93.184.216.34/ file:///etc/passwd
    javascript:alert(1) data:text/plain,{marker} gopher://127.0.0.1:6379/_FLUSHALL unix:/run/postgresql
    https://127.0.0.1\\\\@93.184.216.34/ https://127.0.0.1\\t/ \\u0000 https://１２７.０.０.１/ https://①②⑦.0.0.1/
    https://127。0。0。1/`,
  ),
  ...["https:/ /93.184.216.34/", `https://93.184.216.34/${"a".repeat(2_048)}`],
].map((url) => utf8(`"${url}"`));

/** Lists of event types that none of the program is in, as JSON; of those that a service publishes, `type` is one. */
function badTypes(type: string): readonly string[] {
  return ["*", type.replace(/\w+$/, "*"), type.toUpperCase(), `${type} `, "{marker}"].map((one) =>
    `["${one}"]`
  );
}

const WEBHOOK = `/v1/webhooks/${MISSING}`;

/**
 * Webhooks. None is created: it would be sent the events of other rows. Without a service that publishes events every
 * webhook is refused for its event types.
 */
export function conformance(services: readonly ServiceModule[]): Suite {
  const [type] = services.flatMap(({ events }) => Object.keys(events?.types ?? {}));
  return {
    document: "webhook",
    unknown: ["/v1/webhooks/{id}"],
    bodies: { createWebhook: `{"url":"https://127.0.0.1/","eventTypes":["${type}"]}` },
    themes: [{ name: "webhooks", rows: type === undefined ? [] : rowsOf(type) }],
  };
}

function rowsOf(type: string): readonly Row[] {
  const create = (url: string, types: string): string =>
    `POST /v1/webhooks | {"url":${url},"eventTypes":${types}}`;
  return requestRows(`
    ${BAD_URLS.map((url) => `422 /url | ${create(url, `["${type}"]`)}`).join("\n")}
    ${
    badTypes(type).map((types) => `422 /eventTypes/0 | ${create('"https://127.0.0.1/"', types)}`).join("\n")
  }
    404     | GET ${WEBHOOK}
    404     | GET ${WEBHOOK}/deliveries
    404     | GET ${WEBHOOK}/deliveries/${MISSING}
    404     | POST ${WEBHOOK}/deliveries/${MISSING}/retry
    404     | POST ${WEBHOOK}/enable
    404     | POST ${WEBHOOK}/test
    404     | POST ${WEBHOOK}/rotate-secret
    422 /overlapSeconds | POST ${WEBHOOK}/rotate-secret | {"overlapSeconds":-1}
    422 /overlapSeconds | POST ${WEBHOOK}/rotate-secret | {"overlapSeconds":604801}
    404/428 | DELETE ${WEBHOOK}
    404     | DELETE ${WEBHOOK} | | If-Match: "1"
  `);
}
