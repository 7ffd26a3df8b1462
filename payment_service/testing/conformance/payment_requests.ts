import { JSON_FIELD } from "@archway/tools/support/conformance/requests.ts";
import type { Field, FramedRequest } from "@archway/tools/support/conformance/row.ts";

/** Members of a payment's body, each a byte text of JSON. */
export interface PaymentBodyOptions {
  readonly payer?: string;
  readonly payee?: string;
  readonly amount?: string;
  /** Further members, with a comma in front. */
  readonly more?: string;
}

/** An amount in JSON, of byte texts of JSON. */
export function money(amount: string, currency = '"BRL"'): string {
  return `{"amount":${amount},"currency":${currency}}`;
}

/** The body of a payment of 1.00 between the accounts that were set up, but for what is given. */
export function paymentBody(parts: PaymentBodyOptions = {}): string {
  const { payer = '"{payer}"', payee = '"{payee}"', amount = money('"1.00"'), more = "" } = parts;
  return `{"payerAccountId":${payer},"payeeAccountId":${payee},"amount":${amount}${more}}`;
}

/** Asks for a payment with a key of its own. */
export function pay(parts: PaymentBodyOptions = {}): FramedRequest {
  return payWith([["Idempotency-Key", "{fresh}"]], paymentBody(parts));
}

/** Asks for a payment with whatever fields. */
export function payWith(fields: readonly Field[], body = paymentBody()): FramedRequest {
  return { line: "POST /v1/payments", fields: [JSON_FIELD, ...fields], body };
}

/** Sends a body of JSON to a target. */
export function put(target: string, body: string): FramedRequest {
  return { line: `PUT ${target}`, fields: [JSON_FIELD], body };
}
