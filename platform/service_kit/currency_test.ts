import { assertEquals } from "@std/assert";
import { currencyExponent } from "./currency.ts";

Deno.test("currencyExponent() returns the decimal places of ISO 4217", () => {
  const exponents = ["JPY", "BRL", "EUR", "KWD", "CLF"].map(currencyExponent);
  assertEquals(exponents, [0, 2, 2, 3, 4]);
});

Deno.test("currencyExponent() returns undefined for other texts", () => {
  for (const code of ["XXX", "XTS", "XAU", "brl", "", "BR", "R$", "toString"]) {
    assertEquals(currencyExponent(code), undefined, code);
  }
});
