import { money, pay, paymentBody, put } from "./payment_requests.ts";
import { get, JSON_FIELD } from "@archway/tools/support/conformance/requests.ts";
import {
  type FramedRequest,
  type Given,
  type Row,
  type Statuses,
  type Theme,
  utf8,
} from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import { accounts, orphan, payment } from "./set_up_accounts.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** Invalid account ids, as JSON. */
const INVALID_IDS = [
  '""',
  '"{marker}"',
  '"{payer}0"',
  '"{{payer}}"',
  '"urn:uuid:{payer}"',
  '" {payer}"',
  '"\\u0000"',
  utf8('"０1a2023b-983b-7000-83d3-81c8f54d2496"'),
  "1",
  "null",
  "[]",
  '["{payer}"]',
] as const;

const DESCRIPTIONS: readonly (readonly [name: string, description: string, status: Statuses])[] = [
  ["of 141 letters", `"${"a".repeat(141)}"`, 422],
  ["of 141 faces", `"${utf8("😀").repeat(141)}"`, 422],
  ["with U+0000", '"\\u0000"', 422],
  ["with half a character", '"\\ud83d"', 422],
  ["of a number", "1", 422],
  ["of a list", '["{marker}"]', 422],
  ["of 140 faces", `"${utf8("😀").repeat(140)}"`, 201],
  ["of nothing", '""', 201],
  ["that is null", "null", 201],
  ["of controls", '"\\u0001\\u001b[2J\\u200f"', [201, 422]],
];

/** Invalid ids in a path. */
const INVALID_PATH_IDS = [
  "1",
  "{marker}",
  "{fresh}0",
  "{payment}%20",
  "{payment}%00",
  "%7B{payment}%7D",
  "urn:uuid:{payment}",
  "..%2f{payment}",
  "0".repeat(32),
  "%EF%BC%90{payment}",
] as const;

const REFUND = "/v1/payments/{payment}/refunds";

/** Invalid refunds of a payment of 10.00, as JSON. */
const BAD_REFUNDS: readonly (readonly [amount: string, fault: string | undefined])[] = [
  [money('"10.01"'), undefined],
  [money('"10000000000000.00"'), undefined],
  [money('"0.00"'), "/amount/amount"],
  [money('"-1.00"'), "/amount/amount"],
  [money('"1e1"'), "/amount/amount"],
  [money('"1"'), "/amount/amount"],
  [money("1"), "/amount/amount"],
  [money('"1"', '"JPY"'), "/amount/currency"],
  [money('"1.00"', '"brl"'), "/amount/currency"],
  ['"1.00"', "/amount"],
];

type Simple = readonly [name: string, given: Given, request: FramedRequest, status: Statuses, fault?: string];

const PARTIES: readonly Simple[] = [
  ["the same account", accounts, pay({ payee: '"{payer}"' }), 422],
  ["the same account in capitals", accounts, pay({ payee: '"{payercapitals}"' }), 422],
  ["a missing account", accounts, pay({ payee: `"${MISSING}"` }), 422, "/payeeAccountId"],
  ["from a missing account", accounts, pay({ payer: `"${MISSING}"` }), 422, "/payerAccountId"],
  ["a profile", accounts, pay({ payee: '"{profile}"' }), 422, "/payeeAccountId"],
  ["an account of a deleted profile", orphan, pay(), 422, "/payeeAccountId"],
  ["with an unknown member", accounts, pay({ more: ',"status":"settled"' }), 422, "/status"],
  ["with __proto__", accounts, pay({ more: ',"__proto__":{"payer":1}' }), [400, 422]],
  ["in capitals", accounts, pay({ payer: '"{payercapitals}"' }), 201],
];

const PUTS: readonly Simple[] = [
  ["under an id in capitals", accounts, put("/v1/payments/{freshcapitals}", paymentBody()), 201],
  ["under the id of another payment", payment, put("/v1/payments/{payment}", paymentBody()), 409],
  [
    "once more",
    payment,
    put("/v1/payments/{payment}", paymentBody({ amount: money('"10.00"') })),
    200,
  ],
  [
    "under an id, with If-None-Match",
    accounts,
    { ...put("/v1/payments/{fresh}", paymentBody()), fields: [JSON_FIELD, ["If-None-Match", "*"]] },
    400,
    "If-None-Match",
  ],
  [
    "under an id, with If-Match",
    accounts,
    { ...put("/v1/payments/{fresh}", paymentBody()), fields: [JSON_FIELD, ["If-Match", '"1"']] },
    400,
    "If-Match",
  ],
  ["under an id, with an empty body", accounts, put("/v1/payments/{fresh}", ""), 400],
  [
    "under an id, to the same account",
    accounts,
    put("/v1/payments/{fresh}", paymentBody({ payee: '"{payer}"' })),
    422,
  ],
  [
    "under an id, beyond the balance",
    accounts,
    put("/v1/payments/{fresh}", paymentBody({ amount: money('"100.01"') })),
    422,
  ],
];

const REFUNDS: readonly Simple[] = [
  ["all of it under an id in capitals", payment, put(`${REFUND}/{freshcapitals}`, refund('"10.00"')), 201],
  [
    "of a missing payment",
    accounts,
    put(`/v1/payments/${MISSING}/refunds/{fresh}`, refund()),
    404,
  ],
  ["of an account", accounts, put("/v1/payments/{payer}/refunds/{fresh}", refund()), 404],
  ["that is missing", payment, get(`${REFUND}/${MISSING}`), 404],
  ["under an invalid id", payment, put(`${REFUND}/{marker}`, refund()), 400, "refundId"],
  [
    "of a payment with an invalid id",
    payment,
    put("/v1/payments/{marker}/refunds/{fresh}", refund()),
    400,
    "id",
  ],
  ["by POST", payment, { line: `POST ${REFUND}`, fields: [JSON_FIELD], body: refund() }, 405],
];

const OTHERS: readonly Simple[] = [
  ["deleting a payment", payment, { line: "DELETE /v1/payments/{payment}" }, 405],
  ["a missing account", accounts, get(`/v1/accounts/${MISSING}`), 404],
  ["the statement of a missing account", accounts, get(`/v1/accounts/${MISSING}/entries`), 404],
  ["the events of a missing payment", accounts, get(`/v1/payments/${MISSING}/events`), 404],
  ["the refunds of a missing payment", accounts, get(`/v1/payments/${MISSING}/refunds`), 404],
  ["a second account in the currency", accounts, open('"{profile}"', '"BRL"'), 409],
  ["an account in an invalid currency", accounts, open('"{profile}"', '"brl"'), 422, "/currency"],
  ["an account of a missing profile", accounts, open(`"${MISSING}"`, '"BRL"'), 422, "/profileId"],
  ["an account of an invalid profile id", accounts, open('"{marker}"', '"BRL"'), 422, "/profileId"],
  [
    "closing an account without If-Match",
    accounts,
    { line: "POST /v1/accounts/{payee}/close" },
    428,
  ],
  ["closing an account of another version", accounts, close("{payee}", '"7"'), 412],
  ["closing an account with a balance", accounts, close("{payer}", "*"), [409, 422]],
];

function refund(amount = '"1.00"'): string {
  return `{"amount":${money(amount)}}`;
}

function open(profileId: string, currency: string): FramedRequest {
  const body = `{"profileId":${profileId},"currency":${currency}}`;
  return { line: "POST /v1/accounts", fields: [JSON_FIELD], body };
}

function close(id: string, version: string): FramedRequest {
  return { line: `POST /v1/accounts/${id}/close`, fields: [["If-Match", version]] };
}

function simple(prefix: string, rows: readonly Simple[]): readonly Row[] {
  return rows.map(([name, given, request, status, fault]) => ({
    name: `${prefix}${name}`,
    given,
    request,
    expect: { status, ...(fault !== undefined && { fault }) },
  }));
}

/** Accounts, payments and refunds. */
export const PAYMENTS: Theme = {
  name: "payments",
  rows: [
    ...["payer", "payee"].flatMap((side) =>
      INVALID_IDS.map((id): Row => ({
        name: `a ${side} of ${shorten(id)}`,
        given: accounts,
        request: pay({ [side]: id }),
        expect: { status: 422, fault: `/${side}AccountId` },
      }))
    ),
    ...simple("paying ", PARTIES),
    ...DESCRIPTIONS.map(([name, description, status]): Row => ({
      name: `a description ${name}`,
      given: accounts,
      request: pay({ more: `,"description":${description}` }),
      expect: { status, ...(status === 422 && { fault: "/description" }) },
    })),
    {
      name: "a description with markup, which is returned unchanged",
      given: accounts,
      request: pay({ more: `,"description":"<script>{marker}</script>' or 1=1 --"` }),
      expect: { status: 201, echoes: true },
    },
    ...INVALID_PATH_IDS.flatMap((id): readonly Row[] => [
      {
        name: `a payment at ${shorten(id)}`,
        given: payment,
        request: get(`/v1/payments/${id}`),
        expect: { status: [400, 404] },
      },
      {
        name: `paying at ${shorten(id)}`,
        given: payment,
        request: put(`/v1/payments/${id}`, paymentBody()),
        expect: { status: [400, 404] },
      },
    ]),
    ...simple("paying ", PUTS),
    ...BAD_REFUNDS.map(([amount, fault]): Row => ({
      name: `a refund of ${amount}`,
      given: payment,
      request: put(`${REFUND}/{fresh}`, `{"amount":${amount}}`),
      expect: { status: 422, ...(fault !== undefined && { fault }) },
    })),
    ...simple("a refund ", REFUNDS),
    ...simple("", OTHERS),
  ],
};
