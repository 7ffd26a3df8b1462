import { type PaymentPairs, paymentPairs } from "./payment_pairs.ts";

/** Returns bodies of requests for payments of one unit, as the bare loop makes them. */
export function paymentBodies(pairs: PaymentPairs): readonly string[] {
  const next = paymentPairs(pairs, { connection: 0, connections: 1 });
  const amount = { amount: "1.00", currency: "BRL" };
  return Array.from({ length: Math.max(pairs.payers.length, pairs.payees.length) }, () => {
    const { payer, payee } = next();
    return JSON.stringify({ payerAccountId: payer, payeeAccountId: payee, amount });
  });
}
