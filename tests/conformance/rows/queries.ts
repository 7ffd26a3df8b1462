import type { HttpTheme } from "../http_theme.ts";
import { get } from "../requests.ts";
import type { Row, Statuses } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";

/** Numbers as they must not be written, for every parameter that is a number. */
const NUMBERS = [
  "",
  "%20",
  "+1",
  "%2B1",
  "01",
  "1.0",
  "1e1",
  "0x10",
  "0b1",
  "1_0",
  "%201",
  "1%20",
  "1%00",
  "-1",
  "-0",
  "0",
  "NaN",
  "Infinity",
  "null",
  "true",
  "[]",
  "{}",
  "1,2",
  "%EF%BC%91",
  "%D9%A1",
  "%E2%85%A0",
  "2147483648",
  "9007199254740993",
  "99999999999999999999999999",
  "{marker}",
  "1'--",
  "1;drop table contacts",
  "%zz",
  "%ff",
];

function numbers(name: string): readonly Row[] {
  return NUMBERS.map((value) => ({
    name: `${name}=${value}`,
    request: get(`{list}?${name}=${value}`),
    // A space ends the target: what follows is no version.
    expect: {
      status: 400,
      ...(!value.includes(" ") && { fault: name }),
      by: value.includes(" ") ? "platform" : "program",
    },
  }));
}

const CASES: readonly (readonly [query: string, status: Statuses, fault?: string])[] = [
  ["limit=201", 400, "limit"],
  ["pageSize=201", 400, "pageSize"],
  ["limit=200", 200],
  ["page=2147483647&pageSize=200", 200],
  ["page=1&pageSize=1", 200],
  ["limit=1&limit=1", 400, "limit"],
  ["limit=1&limit=2", 400, "limit"],
  ["limit[]=1", 400, "limit[]"],
  ["limit[0]=1", 400, "limit[0]"],
  ["limit[$gt]=1", 400, "limit[$gt]"],
  ["limit.x=1", 400, "limit.x"],
  ["Limit=1", 400, "Limit"],
  ["LIMIT=1", 400, "LIMIT"],
  ["%6cimit=1", 200],
  ["lim%69t=1&limit=1", 400, "limit"],
  ["limit%00=1", 400],
  ["limit%20=1", 400, "limit "],
  ["%zz=1", 400],
  ["%ff=1", 400],
  ["=1", 400],
  ["=", 400],
  ["&", [200, 400]],
  ["&&&&", [200, 400]],
  ["limit=1&", [200, 400]],
  ["limit", 400],
  ["limit=1;page=2", 400, "limit"],
  ["page=1&limit=1", 400, "limit"],
  ["pageSize=1&after=a", 400, "after"],
  ["after=a&before=b", 400, "before"],
  ["__proto__=1", 400, "__proto__"],
  ["constructor[prototype][x]=1", 400],
  ["toString=1", 400, "toString"],
  ["offset=1", 400, "offset"],
  ["sort=name;drop", 400, "sort"],
  ["fields=*", 400, "fields"],
  ["callback=x", 400, "callback"],
  ["_method=DELETE", 400, "_method"],
  ["name=", 400, "name"],
  ["name=%00", 400, "name"],
  ["name=a%00b", 400, "name"],
  ["name=a&name=b", 400, "name"],
  [`name=${"a".repeat(101)}`, 400, "name"],
  [`name=${"a".repeat(100)}`, 200],
  [`name=${"%F0%9F%98%80".repeat(100)}`, 200],
  [`name=${"%F0%9F%98%80".repeat(101)}`, 400, "name"],
  ["name=%25", 200],
  ["name=_", 200],
  ["name=%5C", 200],
  ["name=%5C%25", 200],
  ["name=+", [200, 400]],
  ["name=%F4%8F%BF%BF", 200],
  ["name=%C4%B0", 200],
  ["name=%C3%9F", 200],
  ["email=", 400, "email"],
  ["email=a", 400, "email"],
  ["email=@", 400, "email"],
  ["email=a@b@c", 400, "email"],
  [`email=${"a".repeat(300)}@example.com`, 400, "email"],
  ["email=a%00@example.com", 400, "email"],
  ["email=a%0d%0ab@example.com", 400, "email"],
  ["email=nobody@example.com", 200],
  ["name=a&email=nobody@example.com&limit=1", 200],
];

const queries: readonly Row[] = CASES.map(([query, status, fault]) => ({
  name: `?${shorten(query)}`,
  request: get(`{list}?${query}`),
  expect: { status, ...(fault !== undefined && { fault }) },
}));

const others: readonly Row[] = [
  {
    name: "500 parameters that are not known are counted, and a hundred named",
    request: get(`{list}?${Array.from({ length: 500 }, (_, index) => `x${index}=1`).join("&")}`),
    expect: { status: 400, fault: "x99" },
  },
  {
    name: "the name of a parameter that is not known is named, not its value",
    request: get("{list}?limits={marker}"),
    expect: { status: 400, fault: "limits" },
  },
  {
    name: "the name of a parameter that is very long is not named",
    request: get(`{list}?{marker}${"x".repeat(200)}=1`),
    expect: { status: 400, fault: "query" },
  },
  {
    name: "a parameter for a path that has none",
    request: get("{list}/nope?x=1"),
    expect: { status: 400, fault: "x" },
  },
  { name: "readyz takes any value", request: get("/readyz?verbose={marker}%zz"), expect: { status: 200 } },
  {
    name: "the document takes any query",
    request: get("/openapi/{document}.json?{marker}"),
    expect: { status: 200 },
  },
];

/** Query strings that are malformed, ambiguous or out of range. */
export const QUERIES: HttpTheme = {
  name: "queries",
  rows: [...numbers("limit"), ...queries.filter((row) => !isOfContacts(row)), ...others],
  contactRows: [...numbers("page"), ...numbers("pageSize"), ...queries.filter(isOfContacts)],
};

/** Whether a row is about a parameter that only lists like that of contacts have. */
function isOfContacts({ name }: Row): boolean {
  return /^\?(?:name|email|page)/.test(name);
}
