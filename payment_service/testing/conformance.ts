import { get, type Row, shorten, type Theme } from "@archway/tools/support/conformance/row.ts";
import type { Suite } from "@archway/tools/support/conformance/suite.ts";
import { AMOUNTS } from "./conformance/amounts.ts";
import { IDEMPOTENCY_KEYS } from "./conformance/idempotency_keys.ts";
import { paymentBetweenAccounts } from "./conformance/payment_between_accounts.ts";
import { money, paymentBody } from "./conformance/payment_requests.ts";
import { PAYMENTS } from "./conformance/payments.ts";

const ENTRIES = "/v1/accounts/{payer}/entries";

/** Queries of lists that their parameters' schemas allow, and the parameter that is wrong. */
const QUERIES: readonly (readonly [target: string, fault: string])[] = [
  ...["from", "to"].map((side) => [`${ENTRIES}?${side}=2016-12-31T23:59:60Z`, side] as const),
  [`${ENTRIES}?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`, "to"],
  ["/v1/payments?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"],
  ...["a", "{marker}", "{entries}A", "A{entries}", "{payment}", "%00", "A".repeat(1_024)].flatMap((cursor) =>
    ["after", "before"].map((side) => [`${ENTRIES}?limit=1&${side}=${cursor}`, side] as const)
  ),
  [`${ENTRIES}?limit=1&before={entries}`, "before"],
  [`${ENTRIES}?after={entries}&before={entries}`, "before"],
  [`${ENTRIES}?after={entries}&from=2026-01-01T00:00:00Z`, "after"],
  ["/v1/accounts/{payee}/entries?after={entries}", "after"],
  ...["/v1/payments", "/v1/payments/{payment}/events", "/v1/profiles", "/v1/webhooks"].map((list) =>
    [`${list}?after={entries}`, "after"] as const
  ),
  ["/v1/webhooks?after={profiles}", "after"],
];

const STATEMENTS: Theme = {
  name: "statements",
  rows: [
    ...QUERIES.map(([target, fault]): Row => ({
      name: shorten(target),
      request: get(target),
      expect: { status: 400, fault },
    })),
    ...["after={entries}", "from=9999-12-31T23:59:59.999999999-23:59", "from=2026-01-01t00:00:00z"].map((
      query,
    ): Row => ({
      name: `${query}, which is valid`,
      request: get(`${ENTRIES}?limit=1&${query}`),
      expect: { status: 200 },
    })),
  ],
};

const AMOUNT = `{"amount":${money('"1.00"')}}`;

/** Accounts, payments and refunds. The rows leave accounts of deleted profiles. */
export function conformance(): Suite {
  return {
    document: "payment",
    given: paymentBetweenAccounts,
    ids: { "/v1/accounts/{id}": "payer", "/v1/payments/{id}": "payment" },
    bodies: {
      openAccount: '{"profileId":"{profile}","currency":"JPY"}',
      createDeposit: AMOUNT,
      createPayment: paymentBody(),
      putPayment: paymentBody(),
      putRefund: AMOUNT,
    },
    themes: [AMOUNTS, IDEMPOTENCY_KEYS, PAYMENTS, STATEMENTS],
  };
}
