import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DomainError } from "./domain_error.ts";
import { formatMoney, MAX_UNITS, parseMoney } from "./money.ts";

function refusal(amount: string, currency = "BRL"): string {
  const { code, fieldErrors } = assertThrows(() => parseMoney({ amount, currency }, "/amount"), DomainError);
  return `${code} ${fieldErrors.map(({ field, reason }) => `${field} ${reason}`).join()}`;
}

Deno.test("parseMoney() reads amounts with the decimal places of their currency", () => {
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

Deno.test("parseMoney() rejects everything else, with field and reason", () => {
  const syntax =
    "invalid-amount /amount/amount must be a decimal number in ASCII digits, without sign, exponent or leading zeros";
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
      "invalid-amount /amount/amount must have exactly 2 decimal places for BRL",
      amount,
    );
  }
  assertEquals(
    refusal("1.00", "JPY"),
    "invalid-amount /amount/amount must have no decimal places for JPY",
  );
  for (const amount of ["0.00"]) {
    assertEquals(refusal(amount), "invalid-amount /amount/amount must be greater than zero");
  }
  for (const amount of ["10000000000000.01", `${"9".repeat(1000)}.00`]) {
    assertEquals(
      refusal(amount),
      "invalid-amount /amount/amount must be at most 1000000000000000 minor units",
    );
  }
  for (const currency of ["XXX", "brl", "BRL ", ""]) {
    assertEquals(
      refusal("1.00", currency),
      "unknown-currency /amount/currency must be an ISO 4217 currency code, such as BRL",
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
