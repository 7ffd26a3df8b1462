import { get } from "@archway/tools/support/conformance/requests.ts";
import type { Row, Theme } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import { payment } from "./set_up_accounts.ts";

const ENTRIES = "/v1/accounts/{payer}/entries";
const LISTS = [ENTRIES, "/v1/payments", "/v1/payments/{payment}/refunds", "/v1/accounts"] as const;

/** Invalid date-times. */
const BROKEN_DATES = [
  "",
  "yesterday",
  "2026-01-01",
  "2026-01-01T00:00:00",
  "2026-13-01T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "2026-01-01T24:00:01Z",
  "2026-01-01T00:60:00Z",
  "2016-12-31T23:59:60Z",
  "2026-01-01T00:00:00+99:00",
  "2026-01-01T00:00:00%2001:00",
  "-2026-01-01T00:00:00Z",
  "+12026-01-01T00:00:00Z",
  "1767225600",
  "infinity",
  "now",
  "%00",
  "{marker}",
  "%D9%A2026-01-01T00:00:00Z",
] as const;

const LIMITS = [
  "0",
  "-1",
  "201",
  "1e3",
  "1.5",
  "99999999999999999999",
  "%2B1",
  "0x10",
  "",
  "{marker}",
] as const;

const CURSORS = ["a", "{marker}", "{entries}A", "A{entries}", "{payment}", "%00", "A".repeat(1_024)] as const;

function invalid(name: string, target: string, fault: string): Row {
  return { name, given: payment, request: get(target), expect: { status: 400, fault } };
}

/** Statements and lists of payments. */
export const STATEMENTS: Theme = {
  name: "statements",
  rows: [
    ...["from", "to"].flatMap((side) =>
      BROKEN_DATES.map((date) => invalid(`${side}=${shorten(date)}`, `${ENTRIES}?${side}=${date}`, side))
    ),
    ...LISTS.flatMap((list) =>
      LIMITS.map((limit) => invalid(`${list}, limit=${shorten(limit)}`, `${list}?limit=${limit}`, "limit"))
    ),
    ...CURSORS.flatMap((cursor) =>
      ["after", "before"].map((side) =>
        invalid(`${side}=${shorten(cursor)}`, `${ENTRIES}?limit=1&${side}=${cursor}`, side)
      )
    ),
    invalid("from after to", `${ENTRIES}?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`, "to"),
    invalid("the same of payments", "/v1/payments?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
    invalid("a cursor of another direction", `${ENTRIES}?limit=1&before={entries}`, "before"),
    invalid("both directions", `${ENTRIES}?after={entries}&before={entries}`, "before"),
    invalid(
      "a cursor of the same list with another filter",
      `${ENTRIES}?after={entries}&from=2026-01-01T00:00:00Z`,
      "after",
    ),
    invalid(
      "a cursor of another account's statement",
      "/v1/accounts/{payee}/entries?after={entries}",
      "after",
    ),
    invalid("a cursor of a statement, for payments", "/v1/payments?after={entries}", "after"),
    invalid(
      "a cursor of a statement, for payment events",
      "/v1/payments/{payment}/events?after={entries}",
      "after",
    ),
    invalid("a cursor of a statement, for profiles", "/v1/profiles?after={entries}", "after"),
    invalid("a cursor of a statement, for webhooks", "/v1/webhooks?after={entries}", "after"),
    invalid("a cursor of profiles, for webhooks", "/v1/webhooks?after={profiles}", "after"),
    invalid("an unknown status", "/v1/payments?status={marker}", "status"),
    invalid("a status in capitals", "/v1/payments?status=SETTLED", "status"),
    invalid("an invalid account id", "/v1/payments?accountId={marker}", "accountId"),
    invalid("an invalid profile id", "/v1/accounts?profileId={marker}", "profileId"),
    invalid("a limit twice", `${ENTRIES}?limit=1&limit=2`, "limit"),
    {
      name: "a valid cursor",
      given: payment,
      request: get(`${ENTRIES}?limit=1&after={entries}`),
      expect: { status: 200 },
    },
    ...["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999-23:59", "2026-01-01t00:00:00z"].map((
      date,
    ): Row => ({
      name: `valid from=${date}`,
      given: payment,
      request: get(`${ENTRIES}?from=${date}`),
      expect: { status: 200 },
    })),
  ],
};
