import type { HttpTheme } from "../http_theme.ts";
import { create, get, patch } from "../requests.ts";
import { type Row, utf8 } from "@archway/tools/support/conformance/row.ts";
import { item } from "../set_up.ts";

/** Texts that mean something to an interpreter somewhere, and nothing to this service. */
const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ["SQL that ends the statement", "Robert'); DROP TABLE contacts;--"],
  ["SQL that is always true", "' OR '1'='1"],
  ["SQL that waits", "'||pg_sleep(30)||'"],
  ["SQL of a union", '" UNION SELECT version() --'],
  ["a dollar-quoted text", "$$; SELECT 1; $$"],
  ["placeholders of a statement", "$1 ? :name %s {0}"],
  ["a backslash at the end", "Ada\\"],
  ["signs of LIKE", "%_\\%_[a-z]"],
  ["a script", "<script>alert(1)</script>"],
  ["an image with a handler", '"><img src=x onerror=alert(1)>'],
  ["a template of JavaScript", "${7*7}{{7*7}}<%= 7*7 %>#{7*7}"],
  ["a lookup of Log4j", "${jndi:ldap://127.0.0.1:1/a}"],
  ["a filter of LDAP", "*)(uid=*))(|(uid=*"],
  ["a command of a shell", "; cat /etc/passwd | `id` $(id) &&"],
  ["a query of a document store", '{"$gt":""}'],
  ["directives of printf", "%n%s%x%p%d"],
  ["a formula of a spreadsheet", "=cmd|' /C calc'!A0"],
  ["a path upwards", "../../../../etc/passwd"],
  ["a URL of a cloud's metadata", "http://169.254.169.254/latest/meta-data/"],
  ["a line of a header", "Ada\r\nSet-Cookie: a=b"],
  ["an expression of XPath", "' or count(/*)=1 or 'a'='b"],
  ["a regular expression that backtracks", "(a+)+$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"],
  ["a name of the runtime", "__proto__"],
  ["the word null", "null"],
  ["a date", "0000-00-00T99:99:99Z"],
];

const stored: readonly Row[] = TEXTS.map(([name, text]) => ({
  name: `${name} as a name is kept as it is`,
  request: create(utf8(JSON.stringify({ name: text }))),
  expect: { status: 201, data: { name: text } },
}));

const searched: readonly Row[] = TEXTS.map(([name, text]) => ({
  name: `${name} as the beginning of a name finds nobody else`,
  // The link to the page itself carries its filter on.
  request: get(`{list}?name=${encodeURIComponent(text)}`),
  expect: { status: 200 },
}));

const addresses: readonly Row[] = TEXTS.slice(0, 12).flatMap(([name, text]): Row[] => [
  {
    name: `${name} as an e-mail address`,
    request: create(utf8(JSON.stringify({ name: "{marker}", email: text }))),
    expect: { status: 422, fault: "/email" },
  },
  {
    name: `${name} as the e-mail address that is looked for`,
    request: get(`{list}?email=${encodeURIComponent(text)}`),
    expect: { status: 400, fault: "email" },
  },
]);

const patched: readonly Row[] = TEXTS.slice(0, 8).map(([name, text]) => ({
  name: `${name} in a patch`,
  given: item,
  request: patch("merge-patch", utf8(JSON.stringify({ name: text }))),
  expect: { status: 200, data: { name: text } },
}));

/** Texts for interpreters. */
export const INJECTIONS: HttpTheme = {
  name: "injections",
  rows: [],
  contactRows: [...stored, ...searched, ...addresses, ...patched],
};
