import { currencyExponent } from "./currency.ts";
import { DomainError } from "./domain_error.ts";

/** An amount in a currency. */
export interface Money {
  /** Minor units, e.g. cents: 1234n is 12.34 in a currency with two decimal places. */
  readonly units: bigint;
  /** ISO 4217 code, e.g. "BRL". */
  readonly currency: string;
}

/** Error codes of invalid amounts. */
export type MoneyErrorCode = "invalid-amount" | "unknown-currency";

/** JSON form of an amount, with exactly the decimal places of its currency. */
export interface MoneyJson {
  /** E.g. "12.34". */
  readonly amount: string;
  readonly currency: string;
}

/** Maximum amount of one transfer, in minor units. */
export const MAX_UNITS = 10n ** 15n;

// JavaScript's \d matches ASCII digits only.
const AMOUNT = /^(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * Parses the amount of a transfer.
 *
 * @param pointer JSON Pointer of the amount in the body.
 * @throws {DomainError} "unknown-currency", "invalid-amount".
 */
export function parseMoney({ amount, currency }: MoneyJson, pointer: string): Money {
  const exponent = exponentOf(currency, `${pointer}/currency`);
  const [text, whole = "", fraction = ""] = AMOUNT.exec(amount) ?? [];
  const field = `${pointer}/amount`;
  if (text === undefined) {
    throw invalidAmount(
      field,
      "must be a decimal number in ASCII digits, without sign, exponent or leading zeros",
    );
  }
  if (fraction.length !== exponent) {
    throw invalidAmount(field, `must have ${decimals(exponent)} for ${currency}`);
  }
  // Longer numbers exceed the limit; do not convert them.
  const units = whole.length > 16 ? MAX_UNITS + 1n : BigInt(whole + fraction);
  if (units === 0n) throw invalidAmount(field, "must be greater than zero");
  if (units > MAX_UNITS) {
    throw invalidAmount(field, `must be at most ${MAX_UNITS} minor units`);
  }
  return { units, currency };
}

/**
 * Returns the decimal places of a currency.
 *
 * @param field JSON Pointer of its code in the request.
 * @throws {DomainError} "unknown-currency".
 */
export function exponentOf(currency: string, field: string): number {
  const exponent = currencyExponent(currency);
  if (exponent !== undefined) return exponent;
  const reason = "must be an ISO 4217 currency code, such as BRL";
  throw new DomainError<MoneyErrorCode>("unknown-currency", { fieldErrors: [{ field, reason }] });
}

/** Formats an amount, which may be negative. */
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
