import { type Field, type FramedRequest, JSON_FIELD } from "@archway/tools/support/conformance/row.ts";

/** Members of a payment's body, each a byte text of JSON. */
export interface PaymentMembers {
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

/** The body of a payment of 1.00 between the accounts that were set up, but for some members. */
export function paymentBody(members: PaymentMembers = {}): string {
  const { payer = '"{payer}"', payee = '"{payee}"', amount = money('"1.00"'), more = "" } = members;
  return `{"payerAccountId":${payer},"payeeAccountId":${payee},"amount":${amount}${more}}`;
}

/** Creates a payment with a key of its own. */
export function pay(members: PaymentMembers = {}): FramedRequest {
  return payWith([["Idempotency-Key", "{fresh}"]], paymentBody(members));
}

/** Creates a payment with other fields. */
export function payWith(fields: readonly Field[], body = paymentBody()): FramedRequest {
  return { line: "POST /v1/payments", fields: [JSON_FIELD, ...fields], body };
}

/** Creates a deposit. */
export function deposit(amount: string, ...fields: readonly Field[]): FramedRequest {
  return {
    line: "POST /v1/accounts/{payee}/deposits",
    fields: [JSON_FIELD, ...fields],
    body: `{"amount":${amount}}`,
  };
}

/** Sends a body of JSON to a target. */
export function put(target: string, body: string): FramedRequest {
  return { line: `PUT ${target}`, fields: [JSON_FIELD], body };
}
