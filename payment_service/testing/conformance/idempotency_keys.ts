import type { FramedRequest, Row, Theme } from "@archway/tools/support/conformance/row.ts";
import { shorten, words } from "@archway/tools/support/conformance/row.ts";
import { deposit, money, paymentBody, payWith } from "./payment_requests.ts";

const KEY = "Idempotency-Key";

/** Keys that are odd and valid. */
const GOOD = [
  ...words(`a 1 * 1.5 :YWJj: ..%2f..%2fetc/passwd __proto__ null {fresh}${"a".repeat(219)} "{fresh}"`),
  ...['"{fresh} with \\"quotes\\" and \\\\"', `"{fresh}${'\\"'.repeat(219)}"`, "  {fresh}  "],
  `"' or 1=1; drop table idempotency_keys --{fresh}"`,
];

/** Characters that no field may have; the platform may respond. */
const CONTROLS = ["\x00", "\x01", "\x0b", "\x1b[2J", "\x7f"];

/** The body of the payment that was set up, and the same written differently. */
const SAME_BODY = paymentBody({ amount: money('"10.00"') });
const SAME_IN_OTHER_WORDS =
  '{ "amount" : {"currency":"\\u0042RL","amount":"10.00"},\n"payeeAccountId":"{payee}","payerAccountId":"{payer}" }';

function keyed(value: string, body?: string): FramedRequest {
  return payWith([[KEY, value]], body);
}

const FIRST = { "Idempotency-Replayed": null };
const REPLAYED = { "Idempotency-Replayed": /^true$/ };

/** Keys of requests that are done once. Those of a wrong form follow from the document. */
export const IDEMPOTENCY_KEYS: Theme = {
  name: "idempotency keys",
  rows: [
    ...CONTROLS.map((value): Row => ({
      name: `a key with ${JSON.stringify(value)}`,
      request: keyed(`a${value}b`),
      expect: { status: 400, by: "platform" },
    })),
    ...GOOD.map((value): Row => ({
      name: `a key of ${shorten(value)}`,
      request: keyed(value),
      // An earlier run may have used the short ones for another payment.
      expect: { status: value.includes("{fresh}") ? 201 : [201, 422] },
    })),
    ...['"', '"{marker}', "'{marker} {marker}'", "a".repeat(256)].map((value): Row => ({
      name: `a deposit with a key of ${shorten(value)}`,
      request: deposit(money('"1.00"'), [KEY, value]),
      expect: { status: 400, fault: KEY },
    })),
    {
      name: "a key twice",
      request: payWith([[KEY, "{fresh}"], [KEY, "{fresh}"]]),
      expect: { status: 400, fault: KEY },
    },
    {
      name: "a key that was used for another body",
      request: keyed("{key}", paymentBody({ amount: money('"2.00"') })),
      expect: { status: 422, headers: FIRST },
    },
    {
      name: "a key that was used, and an invalid body",
      request: keyed("{key}", paymentBody({ amount: '"{marker}"' })),
      expect: { status: 422, fault: "/amount" },
    },
    {
      name: "a key that was used, and a body that is no JSON",
      request: keyed("{key}", "{marker}"),
      expect: { status: 400 },
    },
    {
      name: "a key that was used for another operation",
      request: deposit(money('"1.00"'), [KEY, "{key}"]),
      expect: { status: 201, headers: FIRST },
    },
    {
      name: "a key that was used, with a letter in front",
      request: keyed("X{key}", SAME_BODY),
      expect: { status: 201, headers: FIRST },
    },
    ...[["{key}", SAME_BODY], ['"{key}"', SAME_BODY], ["{key}", SAME_IN_OTHER_WORDS]].map((
      [key = "", body],
      index,
    ): Row => ({
      name: `a key that was used, and the same request (${index + 1})`,
      request: keyed(key, body),
      expect: { status: 201, headers: REPLAYED },
    })),
    {
      name: "a key where none is needed",
      request: { line: "GET /v1/payments/{payment}", fields: [[KEY, '"{marker}']] },
      expect: { status: 200 },
    },
  ],
};
