import { currencyExponent } from "./currency.ts";
import { PaymentError, type PaymentErrorCode } from "./payment_error.ts";

/** An amount in a currency. */
export interface Money {
  /** In minor units, e.g. cents: 1234n is 12.34 of a currency with two decimal places. */
  readonly units: bigint;
  /** As in ISO 4217, e.g. "BRL". */
  readonly currency: string;
}

/** An amount as it is written: exactly as many decimal places as the currency has. */
export interface WrittenMoney {
  /** E.g. "12.34". */
  readonly amount: string;
  readonly currency: string;
}

/** The most that can be moved at once, in minor units. */
export const MAX_UNITS = 10n ** 15n;

/** The most that an account can have or, for a settlement account, owe, in minor units. */
export const MAX_BALANCE = 10n ** 18n;

// Digits are those of ASCII: \d without the flag "u" knows no others.
const AMOUNT = /^(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * Reads an amount that is to be moved.
 *
 * @param pointer Where it stands in the body, as a JSON Pointer.
 * @throws {PaymentError} "unknown-currency", "invalid-amount".
 */
export function parseMoney({ amount, currency }: WrittenMoney, pointer: string): Money {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) {
    throw fault("unknown-currency", `${pointer}/currency`, "must be a currency of ISO 4217, such as BRL");
  }
  const [text, whole = "", fraction = ""] = AMOUNT.exec(amount) ?? [];
  const field = `${pointer}/amount`;
  if (text === undefined) {
    throw fault(
      "invalid-amount",
      field,
      "must be a decimal number of ASCII digits without sign, exponent or zeros in front",
    );
  }
  if (fraction.length !== exponent) {
    throw fault("invalid-amount", field, `must have ${decimals(exponent)}, as ${currency} has`);
  }
  // Nothing longer is looked at: it is too much anyway.
  const units = whole.length > 16 ? MAX_UNITS + 1n : BigInt(whole + fraction);
  if (units === 0n) throw fault("invalid-amount", field, "must be more than nothing");
  if (units > MAX_UNITS) {
    throw fault("invalid-amount", field, `must not be more than ${MAX_UNITS} minor units`);
  }
  return { units, currency };
}

/** Writes an amount, also one below zero. */
export function writeMoney({ units, currency }: Money): WrittenMoney {
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

function fault(code: PaymentErrorCode, field: string, reason: string): PaymentError {
  return new PaymentError(code, { faults: [{ field, reason }] });
}
