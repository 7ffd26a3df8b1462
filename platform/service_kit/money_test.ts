import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DomainError } from "./domain_error.ts";
import { formatMoney, MAX_UNITS, parseMoney } from "./money.ts";

function refusal(amount: string, currency = "BRL"): string {
  const { code, fieldErrors } = assertThrows(() => parseMoney({ amount, currency }, "/amount"), DomainError);
  return `${code} ${fieldErrors.map(({ field, reason }) => `${field} ${reason}`).join()}`;
}

Deno.test("parseMoney() reads what its currency can say, to the last unit", () => {
  const read: readonly (readonly [string, string, bigint])[] = [
    ["12.34", "BRL", 1234n],
    ["0.01", "BRL", 1n],
    ["12", "JPY", 12n],
    ["12.345", "KWD", 12345n],
    ["0.0001", "CLF", 1n],
    ["10000000000000.00", "BRL", MAX_UNITS],
    ["1000000000000000", "JPY", MAX_UNITS],
  ];
  for (const [amount, currency, units] of read) {
    assertEquals(parseMoney({ amount, currency }, ""), { units, currency }, amount);
  }
});

Deno.test("parseMoney() refuses everything else, and says where and why", () => {
  const syntax =
    "invalid-amount /amount/amount must be a decimal number of ASCII digits without sign, exponent or zeros in front";
  for (
    const amount of [
      "1e3",
      "-1",
      "-1.00",
      "+1.00",
      "01.00",
      "00.00",
      "١٢.٣٤",
      "１.００",
      "",
      " ",
      "1.00 ",
      " 1.00",
      "1,00",
      "1.",
      ".50",
      "0x10",
      "NaN",
      "Infinity",
      "1.00\n",
    ]
  ) {
    assertEquals(refusal(amount), syntax, JSON.stringify(amount));
  }
  for (const amount of ["12.345", "1", "0", "1.0"]) {
    assertEquals(
      refusal(amount),
      "invalid-amount /amount/amount must have exactly 2 decimal places, as BRL has",
      amount,
    );
  }
  assertEquals(
    refusal("1.00", "JPY"),
    "invalid-amount /amount/amount must have no decimal places, as JPY has",
  );
  for (const amount of ["0.00"]) {
    assertEquals(refusal(amount), "invalid-amount /amount/amount must be more than nothing");
  }
  for (const amount of ["10000000000000.01", `${"9".repeat(1000)}.00`]) {
    assertEquals(
      refusal(amount),
      "invalid-amount /amount/amount must not be more than 1000000000000000 minor units",
    );
  }
  for (const currency of ["XXX", "brl", "BRL ", ""]) {
    assertEquals(
      refusal("1.00", currency),
      "unknown-currency /amount/currency must be a currency of ISO 4217, such as BRL",
      currency,
    );
  }
});

Deno.test("formatMoney() writes what parseMoney() reads", () => {
  const currencies = fc.constantFrom("JPY", "BRL", "KWD", "CLF");
  fc.assert(fc.property(fc.bigInt({ min: 1n, max: MAX_UNITS }), currencies, (units, currency) => {
    assertEquals(parseMoney(formatMoney({ units, currency }), ""), { units, currency });
  }));
  assertEquals(formatMoney({ units: -5n, currency: "BRL" }).amount, "-0.05");
  assertEquals(formatMoney({ units: 0n, currency: "JPY" }).amount, "0");
  assertEquals(formatMoney({ units: -1234n, currency: "KWD" }).amount, "-1.234");
});
