import type { Share } from "@archway/tools/bench/workload.ts";

/** Ids of the accounts between which payments are made. */
export interface PaymentPairs {
  readonly payers: readonly string[];
  readonly payees: readonly string[];
}

/** Step from one payee to the next: no divisor of their number, so that all pairs occur. */
const STRIDE = 7;

/** Returns an iterator over the pairs of one connection. Deterministic; connections have different pairs. */
export function paymentPairs(
  { payers, payees }: PaymentPairs,
  share: Share,
): () => Record<"payer" | "payee", string> {
  const begin = Math.floor(share.connection * payers.length / share.connections);
  const beginPayees = Math.floor(share.connection * payees.length / share.connections);
  let count = 0;
  return () => {
    const payer = payers[(begin + count) % payers.length] ?? "";
    let at = (beginPayees + STRIDE * ++count) % payees.length;
    if (payees[at] === payer) at = (at + 1) % payees.length;
    return { payer, payee: payees[at] ?? "" };
  };
}

/** Returns bodies of requests for payments of one unit, as the bare loop makes them. */
export function paymentBodies(pairs: PaymentPairs): readonly string[] {
  const next = paymentPairs(pairs, { connection: 0, connections: 1 });
  const amount = { amount: "1.00", currency: "BRL" };
  return Array.from({ length: Math.max(pairs.payers.length, pairs.payees.length) }, () => {
    const { payer, payee } = next();
    return JSON.stringify({ payerAccountId: payer, payeeAccountId: payee, amount });
  });
}
