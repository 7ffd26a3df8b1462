import { JSON_FIELD } from "../requests.ts";
import { type Field, type FramedRequest, type Row, type Statuses, type Theme, utf8 } from "../row.ts";

const PAYMENT = {
  payerAccountId: "{payer}",
  payeeAccountId: "{payee}",
  amount: { amount: "1.00", currency: "BRL" },
  description: "{marker}",
};

/** A key that no row has used. */
const KEY: Field = ["Idempotency-Key", '"{payer}"'];

/** Asks for a payment, with a key unless there are other fields. */
function pay(change: Readonly<Record<string, unknown>>, ...fields: readonly Field[]): FramedRequest {
  return payText(JSON.stringify({ ...PAYMENT, ...change }), ...fields);
}

/** The same with a body that is a byte text. */
function payText(body: string, ...fields: readonly Field[]): FramedRequest {
  return { line: "POST /v1/payments", fields: [JSON_FIELD, ...(fields.length === 0 ? [KEY] : fields)], body };
}

function row(name: string, request: FramedRequest, expect: Row["expect"]): Row {
  return { name, given: "accounts", request, expect };
}

/** Amounts that a currency does not have, and what only looks like one. */
const AMOUNTS: readonly unknown[] = [
  "1e3",
  "1E+3",
  "12.345",
  "12",
  "-1.00",
  "-0.00",
  "+1.00",
  "0.00",
  "01.00",
  "1,00",
  "1.00 ",
  "\t1.00",
  "0x1.00",
  "1.00BRL",
  "NaN",
  "Infinity",
  "10000000000000.01",
  "9".repeat(64),
  "1.00\u0000",
  "",
  "9".repeat(100_000),
  1,
  1.5,
  true,
  null,
  [],
  { amount: "1.00" },
];

const DIGITS: readonly (readonly [name: string, amount: string])[] = [
  ["Arabic digits", "١٢.٣٤"],
  ["fullwidth digits", "１.００"],
  ["mathematical digits", "𝟏.𝟎𝟎"],
  ["a digit with a mark", "1\u0301.00"],
  ["a minus that is none", "−1.00"],
  ["a zero-width space", "1\u200b.00"],
];

const CURRENCIES: readonly unknown[] = [
  "XXX",
  "XAU",
  "brl",
  "",
  "BR",
  "BRLBRLBRL",
  "R$",
  "__proto__",
  "toString",
  986,
  null,
];

/** Keys that are none; `{marker}` is not among them, for the request may be answered with its body. */
const KEYS: readonly (readonly [name: string, value: string])[] = [
  ["without end", '"{marker}'],
  ["with a space", "{marker} b"],
  ["with parameters", '"{marker}";a=1'],
  ["twice in one field", '"{marker}", "b"'],
  ["that is empty", '""'],
  ["that is nothing", ""],
  ["of 256 characters", "a".repeat(256)],
  ["of 4,000 characters", "a".repeat(4_000)],
  ["of bytes that are not ASCII", "\xff{marker}"],
  ["of characters that are not ASCII", utf8("ключ")],
  ["with an escape that there is not", '"a\\n{marker}"'],
  ["that is a dictionary", "a={marker}"],
];

const IDS: readonly unknown[] = [
  "",
  "{marker}",
  "{{payer}}",
  "urn:uuid:{payer}",
  "{payer}\u0000",
  "' OR 1=1 --",
  "../{payer}",
  0,
  null,
  ["{payer}"],
];

/** 422 with the fault named. */
function refused(fault: string): Row["expect"] {
  return { status: 422, fault };
}

/** Paths of payments that are wrong, or of things that are not there. */
const PATHS: readonly (readonly [line: string, status: Statuses])[] = [
  ["GET /v1/payments/{payer}", 404],
  ["GET /v1/payments/{marker}", 400],
  ["GET /v1/payments/{payer}/events", 404],
  ["GET /v1/payments/{payer}/refunds/{payee}", 404],
  ["GET /v1/payments/%7Bpayer%7D", 400],
  ["GET /v1/payments/..%2F..%2Fv1", 400],
  ["GET /v1/payments?accountId={payer}&accountId={payee}", 400],
  ["GET /v1/payments?status=settled,refunded", 400],
  ["GET /v1/payments?status={marker}", 400],
  ["GET /v1/payments?from=2026-02-30T00:00:00Z", 400],
  ["GET /v1/payments?from=0000-01-01T00:00:00Z", "2xx"],
  ["GET /v1/payments?to=9999-12-31T23:59:59-23:59", "2xx"],
  ["GET /v1/payments?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400],
  ["GET /v1/payments?after={marker}", 400],
  ["GET /v1/accounts/{payer}/entries?before=AAAA", 400],
  ["GET /v1/accounts/{payer}/entries?limit=1e2", 400],
  ["PUT /v1/payments", 405],
  ["DELETE /v1/payments/{payer}", 405],
  ["POST /v1/accounts/{payer}", 405],
  ["DELETE /v1/accounts/{payer}", 428],
];

/** Requests about money. */
export const PAYMENTS: Theme = {
  name: "payments",
  rows: [
    row("a payment that is right, from an account that has nothing", pay({}), { status: 422 }),
    row("a payment to oneself", pay({ payeeAccountId: "{payer}" }), { status: 422 }),
    ...AMOUNTS.map((amount, index) =>
      row(
        `amount ${index}: ${JSON.stringify(amount).slice(0, 20)}`,
        pay({ amount: { amount, currency: "BRL" } }),
        refused("/amount/amount"),
      )
    ),
    ...DIGITS.map(([name, amount]) =>
      row(
        `an amount with ${name}`,
        payText(utf8(JSON.stringify({ ...PAYMENT, amount: { amount, currency: "BRL" } }))),
        refused("/amount/amount"),
      )
    ),
    row(
      "an amount of half a pair",
      payText(
        JSON.stringify(PAYMENT).replace('"1.00"', '"\\ud800"'),
      ),
      refused("/amount/amount"),
    ),
    row(
      "an amount twice",
      payText(
        JSON.stringify(PAYMENT).replace('"amount":"1.00"', '"amount":"1.00","amount":"2.00"'),
      ),
      { status: 400 },
    ),
    ...CURRENCIES.map((currency) =>
      row(
        `the currency ${JSON.stringify(currency)}`,
        pay({ amount: { amount: "1.00", currency } }),
        refused("/amount/currency"),
      )
    ),
    ...IDS.map((id) =>
      row(`the account ${JSON.stringify(id)}`, pay({ payeeAccountId: id }), refused("/payeeAccountId"))
    ),
    row(
      "a description of 141 emoji",
      payText(
        utf8(JSON.stringify({ ...PAYMENT, description: "😀".repeat(141) })),
      ),
      refused("/description"),
    ),
    row("a description with U+0000", pay({ description: "\u0000" }), refused("/description")),
    row("a member that there is not", pay({ status: "settled" }), refused("/status")),
    row("a payment without a key", {
      line: "POST /v1/payments",
      fields: [JSON_FIELD],
      body: JSON.stringify(PAYMENT),
    }, { status: 400, fault: "Idempotency-Key" }),
    ...KEYS.map(([name, value]) =>
      row(`a key ${name}`, pay({}, ["Idempotency-Key", value]), { status: 400, fault: "Idempotency-Key" })
    ),
    row("two keys", pay({}, ["Idempotency-Key", "a"], ["Idempotency-Key", "b"]), {
      status: 400,
      fault: "Idempotency-Key",
    }),
    row("a deposit to an account that there is not", {
      line: "POST /v1/accounts/00000000-0000-0000-0000-000000000000/deposits",
      fields: [JSON_FIELD, KEY],
      body: '{"amount":{"amount":"1.00","currency":"BRL"}}',
    }, { status: 404 }),
    row("a refund of a payment that there is not", {
      line: "PUT /v1/payments/{payer}/refunds/{payee}",
      fields: [JSON_FIELD],
      body: '{"amount":{"amount":"1.00","currency":"BRL"}}',
    }, { status: 404 }),
    row("an account of a profile that there is not", {
      line: "POST /v1/accounts",
      fields: [JSON_FIELD],
      body: '{"profileId":"{payer}","currency":"BRL"}',
    }, refused("/profileId")),
    row("a second account in one currency", {
      line: "POST /v1/accounts",
      fields: [JSON_FIELD],
      body: '{"profileId":"{id}","currency":"BRL"}',
    }, { status: 409 }),
    ...PATHS.map(([line, status]) => row(line, { line }, { status })),
  ],
};
