/** Members of a payment's body, each a byte text of JSON. */
export interface PaymentMembers {
  readonly payer?: string;
  readonly payee?: string;
  readonly amount?: string;
  /** Further members, with a comma in front. */
  readonly more?: string;
}

/** Returns an amount in JSON, of byte texts of JSON. */
export function money(amount: string, currency = '"BRL"'): string {
  return `{"amount":${amount},"currency":${currency}}`;
}

/** Returns the body of a payment of 1.00 between the prepared accounts, but for some members. */
export function paymentBody(members: PaymentMembers = {}): string {
  const { payer = '"{payer}"', payee = '"{payee}"', amount = money('"1.00"'), more = "" } = members;
  return `{"payerAccountId":${payer},"payeeAccountId":${payee},"amount":${amount}${more}}`;
}

/** A month from now: payment requests expire in the future. */
const EXPIRES_AT = new Date(Date.now() + 30 * 86_400_000).toISOString();

/** Returns the body of a payment request of 1.00 to the prepared payee. @param more Further members, with a comma in front. */
export function requestBody(more = "", expiresAt = EXPIRES_AT): string {
  const amount = money('"1.00"');
  return `{"payeeAccountId":"{payee}","amount":${amount},"expiresAt":"${expiresAt}"${more}}`;
}

/** Returns the body of a deposit or a refund. */
export function amountBody(amount: string, currency?: string): string {
  return `{"amount":${money(amount, currency)}}`;
}
