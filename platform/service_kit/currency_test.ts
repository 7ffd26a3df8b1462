import { assertEquals } from "@std/assert";
import { currencyExponent } from "./currency.ts";

Deno.test("currencyExponent() tells the decimal places of ISO 4217", () => {
  const exponents = ["JPY", "BRL", "EUR", "KWD", "CLF"].map(currencyExponent);
  assertEquals(exponents, [0, 2, 2, 3, 4]);
});

Deno.test("currencyExponent() knows nothing that is no currency", () => {
  for (const code of ["XXX", "XTS", "XAU", "brl", "", "BR", "R$", "toString"]) {
    assertEquals(currencyExponent(code), undefined, code);
  }
});
