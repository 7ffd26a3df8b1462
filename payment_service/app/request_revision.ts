import { decideRequest, type LockedAccount } from "../domain/decisions.ts";
import type { PaymentRequest, PaymentRequestTerms } from "../domain/payment_request.ts";
import type { PaymentRequestRevised } from "../events/payment_event.ts";
import { profileOf } from "./payments.ts";

/** Returns the profile of the payee, if the accounts permit the terms. @throws {DomainError} if they do not. */
export function decideTerms(
  locked: readonly LockedAccount[],
  terms: PaymentRequestTerms,
): { readonly payeeProfileId: string } {
  const payer = terms.payerAccountId === null ? undefined : findAccount(locked, terms.payerAccountId);
  const { account } = decideRequest(findAccount(locked, terms.payeeAccountId), payer, terms);
  return { payeeProfileId: profileOf(account) };
}

/** Returns the next event of a request, with the profiles of its accounts. */
export function revisionOf(
  type: PaymentRequestRevised["type"],
  { id: requestId, version = 0n, paymentId, ...request }:
    & PaymentRequestTerms
    & Pick<PaymentRequest, "id" | "paymentId">
    & { readonly version?: bigint },
  locked: readonly LockedAccount[],
): { readonly event: PaymentRequestRevised; readonly expectedVersion: bigint } {
  const { payeeAccountId, payerAccountId, reference, amount, description, expiresAt } = request;
  const profileIdOf = (accountId: string): string => {
    const found = findAccount(locked, accountId);
    if (found === undefined) throw new Error("Missing account of a payment request");
    return profileOf(found.account);
  };
  const profiles = {
    payeeProfileId: profileIdOf(payeeAccountId),
    payerProfileId: payerAccountId === null ? null : profileIdOf(payerAccountId),
  };
  return {
    event: {
      ...{ type, requestId, payeeAccountId, payerAccountId, ...profiles },
      ...{ reference, amount, description, expiresAt, paymentId },
    },
    expectedVersion: version,
  };
}

/** Returns the accounts of a request: payee, and payer if there is one. */
export function sidesOf(
  { payeeAccountId, payerAccountId }: Pick<PaymentRequestTerms, "payeeAccountId" | "payerAccountId">,
): readonly string[] {
  return payerAccountId === null ? [payeeAccountId] : [payeeAccountId, payerAccountId];
}

/** Returns a locked account. */
export function findAccount(locked: readonly LockedAccount[], id: string): LockedAccount | undefined {
  return locked.find(({ account }) => account.id === id);
}
