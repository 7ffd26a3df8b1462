import { requestRows, type Theme, words } from "@archway/conformance/row.ts";
import type { Suite } from "@archway/conformance/suite.ts";
import { AMOUNTS } from "./conformance/amounts.ts";
import { IDEMPOTENCY_KEYS } from "./conformance/idempotency_keys.ts";
import { paymentBetweenAccounts } from "./conformance/payment_between_accounts.ts";
import { amountBody, paymentBody, requestBody } from "./conformance/payment_bodies.ts";
import { PAYMENT_REQUESTS } from "./conformance/payment_requests.ts";
import { PAYMENTS } from "./conformance/payments.ts";
import { batchWorkload } from "./history/batch_workload.ts";
import { requestWorkload } from "./history/request_workload.ts";
import { transferWorkload } from "./history/transfer_workload.ts";
import { webhookWorkload } from "./history/webhook_workload.ts";

const ENTRIES = "GET /v1/accounts/{payer}/entries";
const CURSORS = words(`a {marker} {entries}A A{entries} {payment} %00 ${"A".repeat(1_024)}`);

/** Queries that the schemas of their parameters allow. */
const STATEMENTS: Theme = {
  name: "statements",
  rows: requestRows(`
    400 from   | ${ENTRIES}?from=2016-12-31T23:59:60Z
    400 to     | ${ENTRIES}?to=2016-12-31T23:59:60Z
    400 to     | ${ENTRIES}?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z
    400 to     | GET /v1/payments?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z
    ${CURSORS.map((cursor) => `400 after | ${ENTRIES}?limit=1&after=${cursor}`).join("\n")}
    ${CURSORS.map((cursor) => `400 before | ${ENTRIES}?limit=1&before=${cursor}`).join("\n")}
    400 before | ${ENTRIES}?limit=1&before={entries}
    400 before | ${ENTRIES}?after={entries}&before={entries}
    400 after  | ${ENTRIES}?after={entries}&from=2026-01-01T00:00:00Z
    400 after  | GET /v1/accounts/{payee}/entries?after={entries}
    400 after  | GET /v1/payments?after={entries}
    400 after  | GET /v1/payments/{payment}/events?after={entries}
    400 after  | GET /v1/profiles?after={entries}
    400 after  | GET /v1/webhooks?after={entries}
    400 after  | GET /v1/webhooks?after={profiles}
    200        | ${ENTRIES}?limit=1&after={entries}
    200        | ${ENTRIES}?limit=1&from=9999-12-31T23:59:59.999999999-23:59
    200        | ${ENTRIES}?limit=1&from=2026-01-01t00:00:00z
  `),
};

/** Accounts, payments and refunds. The rows leave accounts of deleted profiles. */
export function conformance(): Suite {
  return {
    document: "payment",
    given: paymentBetweenAccounts,
    ids: { "/v1/accounts/{id}": "payer", "/v1/payments/{id}": "payment" },
    // A batch changes by itself, while it is processed.
    unknown: ["/v1/payment-request-batches/{id}"],
    bodies: {
      openAccount: '{"profileId":"{profile}","currency":"JPY"}',
      createDeposit: amountBody('"1.00"'),
      createPayment: paymentBody(),
      putPayment: paymentBody(),
      putRefund: amountBody('"1.00"'),
      createPaymentRequest: requestBody(),
      putPaymentRequest: requestBody(),
      payPaymentRequest: '{"payerAccountId":"{payer}"}',
      createPaymentRequestBatch: `{"requests":[${requestBody()}]}`,
    },
    themes: [AMOUNTS, IDEMPOTENCY_KEYS, PAYMENTS, PAYMENT_REQUESTS, STATEMENTS],
    workloads: [transferWorkload, requestWorkload, batchWorkload(), webhookWorkload()],
    settings: { WEBHOOK_ALLOW_PRIVATE: "true" },
  };
}
