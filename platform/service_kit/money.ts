import { currencyExponent } from "./currency.ts";
import { DomainError } from "./domain_error.ts";

/** An amount in a currency. */
export interface Money {
  /** In minor units, e.g. cents: 1234n is 12.34 of a currency with two decimal places. */
  readonly units: bigint;
  /** As in ISO 4217, e.g. "BRL". */
  readonly currency: string;
}

/** Errors of amounts that a client can act on. */
export type MoneyErrorCode = "invalid-amount" | "unknown-currency";

/** An amount as clients see it: exactly as many decimal places as the currency has. */
export interface MoneyJson {
  /** E.g. "12.34". */
  readonly amount: string;
  readonly currency: string;
}

/** Maximum amount that can be moved at once, in minor units. */
export const MAX_UNITS = 10n ** 15n;

// Digits are those of ASCII: \d without the flag "u" knows no others.
const AMOUNT = /^(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * Parses an amount that is to be moved.
 *
 * @param pointer Its place in the body, as a JSON Pointer.
 * @throws {DomainError} "unknown-currency", "invalid-amount".
 */
export function parseMoney({ amount, currency }: MoneyJson, pointer: string): Money {
  const exponent = exponentOf(currency, `${pointer}/currency`);
  const [text, whole = "", fraction = ""] = AMOUNT.exec(amount) ?? [];
  const field = `${pointer}/amount`;
  if (text === undefined) {
    throw invalidAmount(
      field,
      "must be a decimal number of ASCII digits without sign, exponent or zeros in front",
    );
  }
  if (fraction.length !== exponent) {
    throw invalidAmount(field, `must have ${decimals(exponent)}, as ${currency} has`);
  }
  // A longer text is too much anyway.
  const units = whole.length > 16 ? MAX_UNITS + 1n : BigInt(whole + fraction);
  if (units === 0n) throw invalidAmount(field, "must be more than nothing");
  if (units > MAX_UNITS) {
    throw invalidAmount(field, `must not be more than ${MAX_UNITS} minor units`);
  }
  return { units, currency };
}

/**
 * Returns the decimal places of a currency.
 *
 * @param field Place of its code in the request.
 * @throws {DomainError} "unknown-currency".
 */
export function exponentOf(currency: string, field: string): number {
  const exponent = currencyExponent(currency);
  if (exponent !== undefined) return exponent;
  const reason = "must be a currency of ISO 4217, such as BRL";
  throw new DomainError<MoneyErrorCode>("unknown-currency", { fieldErrors: [{ field, reason }] });
}

/** Formats an amount, also one below zero. */
export function formatMoney({ units, currency }: Money): MoneyJson {
  const exponent = currencyExponent(currency) ?? 0;
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  return { amount: exponent === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-exponent)}`, currency };
}

function decimals(exponent: number): string {
  if (exponent === 0) return "no decimal places";
  return `exactly ${exponent} decimal places`;
}

function invalidAmount(field: string, reason: string): DomainError<MoneyErrorCode> {
  return new DomainError("invalid-amount", { fieldErrors: [{ field, reason }] });
}
