import type { Share } from "@archway/tools/bench/share.ts";

/** Between which accounts payments are made. */
export interface PaymentPairs {
  /** Their ids. */
  readonly payers: readonly string[];
  readonly payees: readonly string[];
}

/** Two accounts. */
export interface PaymentPair {
  readonly payer: string;
  readonly payee: string;
}

/** How far the payees go on from one payment to the next: no divisor of their number, so that all pairs come. */
const STRIDE = 7;

/** The pairs of one connection, one after the other; the same every time, and on every connection others. */
export function paymentPairs({ payers, payees }: PaymentPairs, share: Share): () => PaymentPair {
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
