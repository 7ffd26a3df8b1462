import { requestRows, type Row, type Theme, words } from "@archway/conformance/row.ts";
import { amountBody, money, paymentBody } from "./payment_bodies.ts";

const PAY = "POST /v1/payments";
const DEPOSIT = "POST /v1/accounts/{payee}/deposits";
const BODY = paymentBody();
/** The body of the payment that was prepared, and the same spelt differently. */
const SAME = paymentBody({ amount: money('"10.00"') });
const RESPELT =
  '{ "amount" : {"currency":"\\u0042RL","amount":"10.00"},"payeeAccountId":"{payee}","payerAccountId":"{payer}" }';

/** Unusual but valid keys: those that are not new may have been used for another payment. */
const NEW_KEYS = [
  ...words(`{fresh}${"a".repeat(219)} "{fresh}"`),
  ...['"{fresh} with \\"quotes\\" and \\\\"', `"{fresh}${'\\"'.repeat(219)}"`],
  `"' or 1=1; drop table idempotency_keys --{fresh}"`,
];
const SHORT_KEYS = words(`a 1 * 1.5 :YWJj: ..%2f..%2fetc/passwd __proto__ null`);

/** Characters that are invalid in header fields; the platform may respond. */
const CONTROLS = ["\x00", "\x01", "\x0b", "\x1b[2J", "\x7f"];

function keyed(keys: readonly string[], expected: string): readonly Row[] {
  return keys.flatMap((key) => requestRows(`${expected} | ${PAY} | ${BODY} | Idempotency-Key: ${key}`));
}

function replayed(table: string, pattern: RegExp | null): readonly Row[] {
  const headers = { "Idempotency-Replayed": pattern };
  return requestRows(table).map((row) => ({ ...row, expect: { ...row.expect, headers } }));
}

/** Idempotency keys. Those of a wrong form follow from the document. */
export const IDEMPOTENCY_KEYS: Theme = {
  name: "idempotency keys",
  rows: [
    ...keyed(CONTROLS.map((control) => `a${control}b`), "400")
      .map((row): Row => ({ ...row, expect: { ...row.expect, by: "platform" } })),
    ...keyed(NEW_KEYS, "201"),
    ...keyed(SHORT_KEYS, "201/422"),
    ...requestRows(`
      400 Idempotency-Key | ${DEPOSIT} | ${amountBody('"1.00"')} | Idempotency-Key: "{marker}
      400 Idempotency-Key | ${DEPOSIT} | ${amountBody('"1.00"')} | Idempotency-Key: ${"a".repeat(256)}
      400 Idempotency-Key | ${PAY} | ${BODY} | Idempotency-Key: {fresh} | Idempotency-Key: {fresh}
      422 /amount         | ${PAY} | ${paymentBody({ amount: '"{marker}"' })} | Idempotency-Key: {key}
      400                 | ${PAY} | {marker} | Idempotency-Key: {key}
      200                 | GET /v1/payments/{payment} | | Idempotency-Key: "{marker}
    `),
    ...replayed(
      `
      422 | ${PAY} | ${paymentBody({ amount: money('"2.00"') })} | Idempotency-Key: {key}
      201 | ${DEPOSIT} | ${amountBody('"1.00"')} | Idempotency-Key: {key}
      201 | ${PAY} | ${SAME} | Idempotency-Key: X{key}
    `,
      null,
    ),
    ...replayed(
      `
      201 | ${PAY} | ${SAME} | Idempotency-Key: {key}
      201 | ${PAY} | ${SAME} | Idempotency-Key: "{key}"
      201 | ${PAY} | ${RESPELT} | Idempotency-Key: {key}
    `,
      /^true$/,
    ),
  ],
};
