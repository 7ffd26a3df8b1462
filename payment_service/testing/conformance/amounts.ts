import { requestRows, type Theme, utf8, words } from "@archway/conformance/row.ts";
import { amountBody, money, paymentBody } from "./payment_bodies.ts";

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
  "BRL ",
  " BRL",
]
  .map((text) => utf8(`"${text}"`));

const PAY = "POST /v1/payments";
const DEPOSIT = "POST /v1/accounts/{payee}/deposits";

function pay(amount: string, currency?: string): string {
  return paymentBody({ amount: money(amount, currency) });
}

/** Amounts and currencies. */
export const AMOUNTS: Theme = {
  name: "amounts",
  rows: requestRows(`
    ${BAD_AMOUNTS.map((amount) => `422 /amount/amount | ${PAY} | ${pay(amount)}`).join("\n")}
    ${
    ['"1e3"', '"-1.00"', '"0.00"', '"10000000000000.01"', "1"]
      .map((amount) => `422 /amount/amount | ${DEPOSIT} | ${amountBody(amount)}`).join("\n")
  }
    ${BAD_CURRENCIES.map((code) => `422 /amount/currency | ${PAY} | ${pay('"1.00"', code)}`).join("\n")}
    422 /amount/currency | ${PAY} | ${pay('"1"', '"JPY"')}
    422 /amount/currency | ${PAY} | ${pay('"1.000"', '"KWD"')}
    422 /amount/amount   | ${PAY} | ${pay('"1.00"', '"JPY"')}
    400                  | ${PAY} | ${
    paymentBody({ amount: '{"amount":"1.00","amount":"2.00","currency":"BRL"}' })
  }
    422                  | ${PAY} | ${pay('"90.01"')}
    422                  | ${PAY} | ${pay('"10000000000000.00"')}
    201                  | ${DEPOSIT} | ${amountBody('"10000000000000.00"')}
    201                  | ${PAY} | ${pay('"0.01"')}
    201                  | ${PAY} | ${
    paymentBody({ amount: '{"\\u0061mount":"\\u0039\\u0030.00","currency":"\\u0042RL"}' })
  }
  `),
};
