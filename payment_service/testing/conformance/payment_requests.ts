import { JSON_FIELD } from "@archway/tools/support/conformance/requests.ts";
import type { Field, FramedRequest } from "@archway/tools/support/conformance/row.ts";

/** Members of a payment's body, each as JSON in a byte string. */
export interface PaymentBodyOptions {
  readonly payer?: string;
  readonly payee?: string;
  readonly amount?: string;
  /** Further members, with a comma in front. */
  readonly more?: string;
}

/** Returns the JSON of an amount, from JSON in byte strings. */
export function money(amount: string, currency = '"BRL"'): string {
  return `{"amount":${amount},"currency":${currency}}`;
}

/** Returns the body of a payment of 1.00 between the prepared accounts, with some members replaced. */
export function paymentBody(parts: PaymentBodyOptions = {}): string {
  const { payer = '"{payer}"', payee = '"{payee}"', amount = money('"1.00"'), more = "" } = parts;
  return `{"payerAccountId":${payer},"payeeAccountId":${payee},"amount":${amount}${more}}`;
}

/** Returns a request for a payment with a new key. */
export function pay(parts: PaymentBodyOptions = {}): FramedRequest {
  return payWith([["Idempotency-Key", "{fresh}"]], paymentBody(parts));
}

/** Returns a request for a payment with additional header fields. */
export function payWith(fields: readonly Field[], body = paymentBody()): FramedRequest {
  return { line: "POST /v1/payments", fields: [JSON_FIELD, ...fields], body };
}

/** Returns a PUT request with a JSON body. */
export function put(target: string, body: string): FramedRequest {
  return { line: `PUT ${target}`, fields: [JSON_FIELD], body };
}
