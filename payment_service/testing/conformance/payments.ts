import { requestRows, type Row, type Theme } from "@archway/conformance/row.ts";
import { deletedPayee } from "./payment_between_accounts.ts";
import { amountBody, money, paymentBody } from "./payment_bodies.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";
const PAY = "POST /v1/payments";
const PUT = "PUT /v1/payments/{fresh}";
const REFUND = "PUT /v1/payments/{payment}/refunds/{fresh}";
const OPEN = "POST /v1/accounts";

/** Accounts, payments and refunds. */
export const PAYMENTS: Theme = {
  name: "payments",
  rows: [
    ...requestRows(`
      422                 | ${PAY} | ${paymentBody({ payee: '"{payer}"' })}
      422                 | ${PAY} | ${paymentBody({ payee: '"{payercapitals}"' })}
      422 /payeeAccountId | ${PAY} | ${paymentBody({ payee: `"${MISSING}"` })}
      422 /payerAccountId | ${PAY} | ${paymentBody({ payer: `"${MISSING}"` })}
      422 /payeeAccountId | ${PAY} | ${paymentBody({ payee: '"{profile}"' })}
      422 /status         | ${PAY} | ${paymentBody({ more: ',"status":"settled"' })}
      201                 | ${PAY} | ${paymentBody({ payer: '"{payercapitals}"' })}
      201                 | ${PAY} | ${
      paymentBody({ more: `,"description":"${"\\ud83d\\ude00".repeat(140)}"` })
    }
      201                 | ${PAY} | ${paymentBody({ more: ',"description":""' })}
      201                 | ${PAY} | ${paymentBody({ more: ',"description":null' })}
      201                 | PUT /v1/payments/{freshcapitals} | ${paymentBody()}
      409                 | PUT /v1/payments/{payment} | ${paymentBody()}
      200                 | PUT /v1/payments/{payment} | ${paymentBody({ amount: money('"10.00"') })}
      400 If-None-Match   | ${PUT} | ${paymentBody()} | If-None-Match: *
      400 If-Match        | ${PUT} | ${paymentBody()} | If-Match: "1"
      422                 | ${PUT} | ${paymentBody({ payee: '"{payer}"' })}
      422                 | ${PUT} | ${paymentBody({ amount: money('"90.01"') })}
      422                 | ${REFUND} | ${amountBody('"10.01"')}
      422                 | ${REFUND} | ${amountBody('"10000000000000.00"')}
      422 /amount/amount  | ${REFUND} | ${amountBody('"0.00"')}
      422 /amount/amount  | ${REFUND} | ${amountBody('"-1.00"')}
      422 /amount/amount  | ${REFUND} | ${amountBody('"1e1"')}
      422 /amount/amount  | ${REFUND} | ${amountBody('"1"')}
      422 /amount/currency | ${REFUND} | ${amountBody('"1"', '"JPY"')}
      422 /amount/currency | ${REFUND} | ${amountBody('"1.00"', '"brl"')}
      201                 | PUT /v1/payments/{payment}/refunds/{freshcapitals} | ${amountBody('"10.00"')}
      404                 | PUT /v1/payments/${MISSING}/refunds/{fresh} | ${amountBody('"1.00"')}
      404                 | PUT /v1/payments/{payer}/refunds/{fresh} | ${amountBody('"1.00"')}
      404                 | GET /v1/payments/{payment}/refunds/${MISSING}
      404                 | GET /v1/accounts/${MISSING}
      404                 | GET /v1/accounts/${MISSING}/entries
      404                 | GET /v1/payments/${MISSING}/events
      404                 | GET /v1/payments/${MISSING}/refunds
      409                 | ${OPEN} | {"profileId":"{profile}","currency":"BRL"}
      422 /currency       | ${OPEN} | {"profileId":"{profile}","currency":"brl"}
      422 /profileId      | ${OPEN} | {"profileId":"${MISSING}","currency":"BRL"}
      412                 | POST /v1/accounts/{payee}/close | | If-Match: "7"
      409/422             | POST /v1/accounts/{payer}/close | | If-Match: *
    `),
    ...requestRows(`422 /payeeAccountId | ${PAY} | ${paymentBody()}`).map((row): Row => ({
      ...row,
      given: deletedPayee,
    })),
    // Markup comes back as it was.
    ...requestRows(
      `201 | ${PAY} | ${paymentBody({ more: `,"description":"<script>{marker}</script>' or 1=1 --"` })}`,
    )
      .map((row): Row => ({ ...row, expect: { ...row.expect, echoes: true } })),
  ],
};
