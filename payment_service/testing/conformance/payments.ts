import {
  type FramedRequest,
  get,
  JSON_FIELD,
  type Row,
  type Statuses,
  type Theme,
} from "@archway/tools/support/conformance/row.ts";
import { deletedPayee } from "./payment_between_accounts.ts";
import { money, pay, paymentBody, put } from "./payment_requests.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";
const REFUND = "/v1/payments/{payment}/refunds";
const TAKEN = paymentBody({ amount: money('"10.00"') });

/** Refunds of a payment of 10.00 that the document allows. */
const BAD_REFUNDS: readonly (readonly [amount: string, fault?: string])[] = [
  [money('"10.01"')],
  [money('"10000000000000.00"')],
  ...['"0.00"', '"-1.00"', '"1e1"', '"1"'].map((amount) => [money(amount), "/amount/amount"] as const),
  ...[['"1"', '"JPY"'], ['"1.00"', '"brl"']].map(([amount = "", code]) =>
    [money(amount, code), "/amount/currency"] as const
  ),
];

type Simple = readonly [name: string, request: FramedRequest, status: Statuses, fault?: string | undefined];

const SIMPLE: readonly Simple[] = [
  ["paying oneself", pay({ payee: '"{payer}"' }), 422],
  ["paying oneself in capitals", pay({ payee: '"{payercapitals}"' }), 422],
  ["paying an unknown account", pay({ payee: `"${MISSING}"` }), 422, "/payeeAccountId"],
  ["paying from an unknown account", pay({ payer: `"${MISSING}"` }), 422, "/payerAccountId"],
  ["paying a profile", pay({ payee: '"{profile}"' }), 422, "/payeeAccountId"],
  ["paying in capitals", pay({ payer: '"{payercapitals}"' }), 201],
  ["paying with a status", pay({ more: ',"status":"settled"' }), 422, "/status"],
  ["a description of 140 faces", pay({ more: `,"description":"${"\\ud83d\\ude00".repeat(140)}"` }), 201],
  ["a description that is empty", pay({ more: ',"description":""' }), 201],
  ["a description that is null", pay({ more: ',"description":null' }), 201],
  ["putting under an id in capitals", put("/v1/payments/{freshcapitals}", paymentBody()), 201],
  ["putting under the id of another payment", put("/v1/payments/{payment}", paymentBody()), 409],
  ["putting once more", put("/v1/payments/{payment}", TAKEN), 200],
  ...[["If-None-Match", "*"] as const, ["If-Match", '"1"'] as const].map((condition): Simple => [
    `putting with ${condition[0]}`,
    { ...put("/v1/payments/{fresh}", paymentBody()), fields: [JSON_FIELD, condition] },
    400,
    condition[0],
  ]),
  ["putting to oneself", put("/v1/payments/{fresh}", paymentBody({ payee: '"{payer}"' })), 422],
  ["putting above the balance", put("/v1/payments/{fresh}", paymentBody({ amount: money('"90.01"') })), 422],
  ...BAD_REFUNDS.map(([amount, fault]): Simple => [
    `a refund of ${amount}`,
    put(`${REFUND}/{fresh}`, `{"amount":${amount}}`),
    422,
    fault,
  ]),
  [
    "a full refund under an id in capitals",
    put(`${REFUND}/{freshcapitals}`, `{"amount":${money('"10.00"')}}`),
    201,
  ],
  ["a refund of an unknown payment", put(`/v1/payments/${MISSING}/refunds/{fresh}`, refund()), 404],
  ["a refund of an account", put("/v1/payments/{payer}/refunds/{fresh}", refund()), 404],
  ...[`${REFUND}/${MISSING}`, `/v1/accounts/${MISSING}`, `/v1/accounts/${MISSING}/entries`].map((
    target,
  ): Simple => [target, get(target), 404]),
  ...["events", "refunds"].map((list): Simple => [list, get(`/v1/payments/${MISSING}/${list}`), 404]),
  ["an account once more", open('"{profile}"', '"BRL"'), 409],
  ["an account in an unknown currency", open('"{profile}"', '"brl"'), 422, "/currency"],
  ["an account of an unknown profile", open(`"${MISSING}"`, '"BRL"'), 422, "/profileId"],
  ["closing an account in another version", close("{payee}", '"7"'), 412],
  ["closing an account with a balance", close("{payer}", "*"), [409, 422]],
];

function refund(): string {
  return `{"amount":${money('"1.00"')}}`;
}

function open(profileId: string, currency: string): FramedRequest {
  return {
    line: "POST /v1/accounts",
    fields: [JSON_FIELD],
    body: `{"profileId":${profileId},"currency":${currency}}`,
  };
}

function close(id: string, version: string): FramedRequest {
  return { line: `POST /v1/accounts/${id}/close`, fields: [["If-Match", version]] };
}

/** Accounts, payments and refunds. */
export const PAYMENTS: Theme = {
  name: "payments",
  rows: [
    ...SIMPLE.map(([name, request, status, fault]): Row => ({
      name,
      request,
      expect: { status, ...fault !== undefined && { fault } },
    })),
    {
      name: "paying an account of a deleted profile",
      given: deletedPayee,
      request: pay(),
      expect: { status: 422, fault: "/payeeAccountId" },
    },
    {
      name: "a description with markup, which comes back as it was",
      request: pay({ more: `,"description":"<script>{marker}</script>' or 1=1 --"` }),
      expect: { status: 201, echoes: true },
    },
  ],
};
