import type { Field, Row, Statuses, Theme } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import { item, pages } from "../set_up.ts";

const BAD = [
  "",
  "a",
  "{marker}",
  "{etag}",
  "{next}",
  "{token}x",
  "x{token}",
  "{token}=",
  "{token}{token}",
  "{token}, {token}",
  '"{token}"',
  "Bearer {token}",
  "A".repeat(66),
  "_".repeat(256),
  "A".repeat(257),
  "\xff".repeat(66),
  "0/16B3748",
  "1; select pg_sleep(9)",
  "{lower}",
];

const bad: readonly Row[] = BAD.map((value) => ({
  name: `Consistency-Token: ${shorten(value)}`,
  given: pages,
  request: { line: "GET {list}/{id}", fields: [["Consistency-Token", value]] },
  expect: { status: 400, fault: "Consistency-Token" },
}));

const others: readonly Row[] = [
  {
    name: "a token that is right",
    given: item,
    request: { line: "GET {list}/{id}", fields: [["Consistency-Token", "{token}"]] },
    expect: { status: 200 },
  },
  {
    name: "a token twice",
    given: item,
    request: {
      line: "GET {list}/{id}",
      fields: [["Consistency-Token", "{token}"], ["Consistency-Token", "{token}"]],
    },
    expect: { status: 400, fault: "Consistency-Token" },
  },
  {
    name: "a token that is wrong, for the list",
    given: item,
    request: { line: "GET {list}", fields: [["Consistency-Token", "{marker}"]] },
    expect: { status: 400, fault: "Consistency-Token" },
  },
];

/** Credentials of any sort change nothing for the better where nobody is asked for any. */
const CREDENTIALS: readonly string[] = [
  "",
  "Bearer",
  "Bearer ",
  "Bearer {marker}",
  "bearer {marker}.{marker}.{marker}",
  "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
  "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIn0.e30.AAAA",
  "Bearer a b",
  `Bearer ${"a".repeat(10_000)}`,
  "Bearer \xff\xfe",
  "Basic",
  "Basic {marker}",
  "Basic Og==",
  "Basic YWRtaW46YWRtaW4=",
  'Digest username="{marker}"',
  "Negotiate {marker}",
  "AWS4-HMAC-SHA256 Credential={marker}",
  "{marker}",
  ",,,",
];

const WITHOUT: Statuses = [200, 400, 401, 403];

const credentials: readonly Row[] = CREDENTIALS.map((value) => ({
  name: `Authorization: ${shorten(value)}`,
  request: { line: "GET {list}?limit=1", fields: [["Authorization", value] satisfies Field] },
  expect: { status: WITHOUT },
}));

/** Tokens and credentials that are made up, changed or malformed. */
export const TOKENS: Theme = { name: "tokens", rows: [...bad, ...others, ...credentials] };
