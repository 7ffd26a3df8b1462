import {
  type Row,
  shorten,
  type Statuses,
  type Theme,
  utf8,
  words,
} from "@archway/tools/support/conformance/row.ts";
import { deposit, money, pay } from "./payment_requests.ts";

/** Texts that are no amount of BRL. */
const BAD_AMOUNTS = [
  ...words(
    `1e3 1E3 1e-2 12.345 12.3 12 12. .12 -1 -1.00 --1.00 +1.00 -0.00 0 0.00 00.01 01.00 1,00 1,000.00 1_000.00
    1.00.00 0x10 0b1.00 NaN Infinity {marker} 1.00\\u0000 \\u0661\\u0662.\\u0663\\u0664 ١٢.٣٤ १२.०० １２.００ １２ ½ 1٫00 −1.00
    10000000000000.01 99999999999999.99 ${"9".repeat(61)}.00`,
  ),
  ...[" 1.00", "1.00 ", "1.00\\n", "1 000.00", "R$ 1.00", "1\u200b.00"],
].map((text) => utf8(`"${text}"`));

/** Texts that are no currency, or not that of the accounts. */
const BAD_CURRENCIES = [
  ...words("brl Brl BR BRLX XXX XAU XTS 986 R$ BRL\\u0000 {marker} ＢＲＬ ₿ EUR"),
  ...["BRL ", " BRL"],
].map((text) => utf8(`"${text}"`));

type Simple = readonly [name: string, request: Row["request"], status: Statuses, fault?: string];

const KEY = ["Idempotency-Key", "{fresh}"] as const;

const OTHERS: readonly Simple[] = [
  [
    "of the right form for yen, which the accounts are not in",
    pay({ amount: money('"1"', '"JPY"') }),
    422,
    "/amount/currency",
  ],
  ["with three decimal places", pay({ amount: money('"1.000"', '"KWD"') }), 422, "/amount/currency"],
  ["of yen with decimal places", pay({ amount: money('"1.00"', '"JPY"') }), 422, "/amount/amount"],
  ["twice", pay({ amount: '{"amount":"1.00","amount":"2.00","currency":"BRL"}' }), 400],
  ["above the balance", pay({ amount: money('"90.01"') }), 422],
  ["of the maximum, above the balance", pay({ amount: money('"10000000000000.00"') }), 422],
  ["of the maximum, deposited", deposit(money('"10000000000000.00"'), KEY), 201],
  ["of the minimum", pay({ amount: money('"0.01"') }), 201],
  [
    "of the whole balance, in escapes",
    pay({ amount: '{"\\u0061mount":"\\u0039\\u0030.00","currency":"\\u0042RL"}' }),
    201,
  ],
];

/** Amounts and currencies. */
export const AMOUNTS: Theme = {
  name: "amounts",
  rows: [
    ...BAD_AMOUNTS.map((
      amount,
    ): Simple => [shorten(amount), pay({ amount: money(amount) }), 422, "/amount/amount"]),
    ...['"1e3"', '"-1.00"', '"0.00"', '"10000000000000.01"', "1"].map((amount): Simple => [
      `${amount}, deposited`,
      deposit(money(amount), KEY),
      422,
      "/amount/amount",
    ]),
    ...BAD_CURRENCIES.map((
      code,
    ): Simple => [code, pay({ amount: money('"1.00"', code) }), 422, "/amount/currency"]),
    ...OTHERS,
  ].map(([name, request, status, fault]): Row => ({
    name: `an amount ${name}`,
    request,
    expect: { status, ...fault !== undefined && { fault } },
  })),
};
