import { money, pay } from "./payment_requests.ts";
import { JSON_FIELD } from "@archway/tools/support/conformance/requests.ts";
import { type Row, type Theme, utf8 } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";
import { accounts } from "./set_up_accounts.ts";

/** Invalid amounts of BRL, as JSON. */
const BAD_AMOUNTS = [
  '"1e3"',
  '"1E3"',
  '"1e-2"',
  '"12.345"',
  '"12.3"',
  '"12"',
  '"12."',
  '".12"',
  '"-1"',
  '"-1.00"',
  '"--1.00"',
  '"+1.00"',
  '"-0.00"',
  '"0"',
  '"0.00"',
  '"00.01"',
  '"01.00"',
  '" 1.00"',
  '"1.00 "',
  '"1.00\\n"',
  '"1 000.00"',
  '"1,00"',
  '"1,000.00"',
  '"1_000.00"',
  '"1.00.00"',
  '"R$ 1.00"',
  '"0x10"',
  '"0b1.00"',
  '"NaN"',
  '"Infinity"',
  '"{marker}"',
  '"1.00\\u0000"',
  '"\\u0661\\u0662.\\u0663\\u0664"',
  utf8('"١٢.٣٤"'),
  utf8('"१२.००"'),
  utf8('"１２.００"'),
  utf8('"１２"'),
  utf8('"½"'),
  utf8('"1٫00"'),
  utf8('"−1.00"'),
  utf8('"1\u200b.00"'),
  // 10^15 + 1 minor units, and more.
  '"10000000000000.01"',
  '"99999999999999.99"',
  `"${"9".repeat(61)}.00"`,
  `"${"9".repeat(65)}"`,
  `"${"1".repeat(5_000)}.00"`,
  '""',
  "1",
  "1.00",
  "-1",
  "1e400",
  `${"9".repeat(400)}`,
  "null",
  "true",
  "[]",
  '["1.00"]',
  "{}",
] as const;

/** Invalid currencies, as JSON. */
const BAD_CURRENCIES = [
  '"brl"',
  '"Brl"',
  '"BRL "',
  '" BRL"',
  '"BR"',
  '"BRLX"',
  '"XXX"',
  '"XAU"',
  '"XTS"',
  '"986"',
  '"R$"',
  '"BRL\\u0000"',
  '"__proto__"',
  '"{marker}"',
  utf8('"ＢＲＬ"'),
  utf8('"₿"'),
  '""',
  "986",
  "null",
  "[]",
] as const;

/** Valid amounts in other currencies than that of the accounts. */
const OTHERS = [money('"1"', '"JPY"'), money('"1.000"', '"KWD"'), money('"1.00"', '"EUR"')] as const;

const WRONG_SHAPES: readonly (readonly [name: string, amount: string, fault: string])[] = [
  ["a text", '"1.00"', "/amount"],
  ["a number", "100", "/amount"],
  ["null", "null", "/amount"],
  ["a list", `[${money('"1.00"')}]`, "/amount"],
  ["without a currency", '{"amount":"1.00"}', "/amount/currency"],
  ["without an amount", '{"currency":"BRL"}', "/amount/amount"],
  ["with an exponent", '{"amount":"1.00","currency":"BRL","exponent":2}', "/amount/exponent"],
];

function deposit(amount: string): Row["request"] {
  return {
    line: "POST /v1/accounts/{payee}/deposits",
    fields: [JSON_FIELD, ["Idempotency-Key", "{fresh}"]],
    body: `{"amount":${amount}}`,
  };
}

/** Amounts and currencies. */
export const AMOUNTS: Theme = {
  name: "amounts",
  rows: [
    ...BAD_AMOUNTS.map((amount): Row => ({
      name: `an amount of ${shorten(amount)}`,
      given: accounts,
      request: pay({ amount: money(amount) }),
      expect: { status: 422, fault: "/amount/amount" },
    })),
    ...['"1e3"', '"-1.00"', '"0.00"', '"10000000000000.01"', "1"].map((amount): Row => ({
      name: `a deposit of ${amount}`,
      given: accounts,
      request: deposit(money(amount)),
      expect: { status: 422, fault: "/amount/amount" },
    })),
    ...BAD_CURRENCIES.map((currency): Row => ({
      name: `a currency of ${shorten(currency)}`,
      given: accounts,
      request: pay({ amount: money('"1.00"', currency) }),
      expect: { status: 422, fault: "/amount/currency" },
    })),
    ...OTHERS.map((amount): Row => ({
      name: `another currency, ${amount}`,
      given: accounts,
      request: pay({ amount }),
      expect: { status: 422, fault: "/amount/currency" },
    })),
    ...WRONG_SHAPES.map(([name, amount, fault]): Row => ({
      name: `an amount that is ${name}`,
      given: accounts,
      request: pay({ amount }),
      expect: { status: 422, fault },
    })),
    {
      name: "an amount twice",
      given: accounts,
      request: pay({ amount: '{"amount":"1.00","amount":"2.00","currency":"BRL"}' }),
      expect: { status: 400 },
    },
    {
      name: "yen with decimal places",
      given: accounts,
      request: pay({ amount: money('"1.00"', '"JPY"') }),
      expect: { status: 422, fault: "/amount/amount" },
    },
    {
      name: "more than the balance",
      given: accounts,
      request: pay({ amount: money('"100.01"') }),
      expect: { status: 422 },
    },
    {
      name: "the maximum amount, beyond the balance",
      given: accounts,
      request: pay({ amount: money('"10000000000000.00"') }),
      expect: { status: 422 },
    },
    {
      name: "the maximum amount",
      given: accounts,
      request: deposit(money('"10000000000000.00"')),
      expect: { status: 201 },
    },
    {
      name: "the minimum amount",
      given: accounts,
      request: pay({ amount: money('"0.01"') }),
      expect: { status: 201 },
    },
    {
      name: "the whole balance, in escapes",
      given: accounts,
      request: pay({ amount: '{"\\u0061mount":"\\u0031\\u0030\\u0030.00","currency":"\\u0042RL"}' }),
      expect: { status: 201 },
    },
  ],
};
