import { DATABASE_PROBLEM_TYPES, databaseProblem } from "@archway/service_kit/problems/database_problems.ts";
import { domainProblem } from "@archway/service_kit/problems/domain_problem.ts";
import type { ProblemType } from "@archway/server/api_module.ts";
import type { Problem } from "@archway/server/problem.ts";
import { PaymentError, type PaymentErrorCode } from "./domain/payment_error.ts";

/** The problem types of the payment service: where each code's status, title and explanation stand, once. */
const PROBLEMS: Readonly<Record<PaymentErrorCode, ProblemType>> = {
  "account-not-found": {
    slug: "account-not-found",
    title: "Account not found",
    status: 404,
    explanation: "There is no account with this id, or it is not yours.",
  },
  "payment-not-found": {
    slug: "payment-not-found",
    title: "Payment not found",
    status: 404,
    explanation: "There is no payment with this id, or you have no part in it.",
  },
  "refund-not-found": {
    slug: "refund-not-found",
    title: "Refund not found",
    status: 404,
    explanation: "The payment has no refund with this id.",
  },
  "account-exists": {
    slug: "account-exists",
    title: "Account exists",
    status: 409,
    explanation:
      "The profile has an open account in this currency already: list the accounts of the profile.",
  },
  "payment-exists": {
    slug: "payment-exists",
    title: "Payment exists",
    status: 409,
    explanation:
      "A payment with this id was made with another body. Nothing was done: a new payment needs a new id, and a " +
      "repeated one has to be what it was.",
  },
  "refund-exists": {
    slug: "refund-exists",
    title: "Refund exists",
    status: 409,
    explanation:
      "A refund of the payment with this id was made with another body. Nothing was done: a new refund needs a new " +
      "id, and a repeated one has to be what it was.",
  },
  "account-changed": {
    slug: "account-changed",
    title: "Account changed meanwhile",
    status: 412,
    explanation:
      "The account has changed since it was read. The ETag header of the answer is what it has now: read it again, " +
      "decide again, and repeat the request with that ETag in If-Match.",
  },
  "invalid-amount": {
    slug: "invalid-amount",
    title: "Invalid amount",
    status: 422,
    explanation:
      "An amount is a decimal number with exactly the decimal places of its currency, more than nothing, and not more " +
      "than 10^15 minor units. The member invalidParams says what is wrong.",
    validation: true,
  },
  "unknown-currency": {
    slug: "unknown-currency",
    title: "Unknown currency",
    status: 422,
    explanation: "A currency is a code of ISO 4217 that has a minor unit, such as BRL.",
    validation: true,
  },
  "same-account": {
    slug: "same-account",
    title: "One account on both sides",
    status: 422,
    explanation: "Payer and payee have to be two accounts.",
    validation: true,
  },
  "invalid-page": {
    slug: "invalid-page",
    title: "Invalid page",
    status: 400,
    explanation:
      "The page was asked for in a way that cannot be answered: ways of paging were mixed, or a cursor was " +
      "changed, has expired or belongs to another list. Begin again without a cursor.",
    validation: true,
  },
  "unknown-profile": {
    slug: "unknown-profile",
    title: "Unknown profile",
    status: 422,
    explanation: "There is no living profile with this id, or it is not yours.",
  },
  "unknown-account": {
    slug: "unknown-account",
    title: "Unknown account",
    status: 422,
    explanation:
      "An account of the payment does not exist, or the payer's is not yours. The member invalidParams says which.",
  },
  "profile-deleted": {
    slug: "profile-deleted",
    title: "Profile deleted",
    status: 422,
    explanation: "An account that takes part belongs to a profile that was deleted: its money does not move.",
  },
  "currency-mismatch": {
    slug: "currency-mismatch",
    title: "Currencies differ",
    status: 422,
    explanation: "Money moves in one currency: that of the amount and of every account that takes part.",
  },
  "account-closed": {
    slug: "account-closed",
    title: "Account closed",
    status: 422,
    explanation: "The account is closed: no money moves to or from it.",
  },
  "insufficient-funds": {
    slug: "insufficient-funds",
    title: "Insufficient funds",
    status: 422,
    explanation: "The account that the money is to come from has less than the amount.",
  },
  "balance-limit": {
    slug: "balance-limit",
    title: "Balance limit reached",
    status: 422,
    explanation: "The account would have more than it can hold, which is 10^18 minor units.",
  },
  "balance-not-zero": {
    slug: "balance-not-zero",
    title: "Account not empty",
    status: 422,
    explanation: "An account that has money is not closed: let it be paid away first.",
  },
  "refund-exceeds-payment": {
    slug: "refund-exceeds-payment",
    title: "Refund exceeds payment",
    status: 422,
    explanation: "All refunds of a payment together cannot be more than the payment.",
  },
  "not-payee": {
    slug: "not-payee",
    title: "Not the payee",
    status: 422,
    explanation: "A payment is given back by who received it, and by nobody else.",
  },
};

/** The problem types this service adds to the server's. */
export const PAYMENT_PROBLEM_TYPES: readonly ProblemType[] = [
  ...Object.values(PROBLEMS),
  ...DATABASE_PROBLEM_TYPES,
];

/** The problem a client is told for an error of this service; undefined: it is not one. */
export function paymentProblem(error: unknown): Problem | undefined {
  if (!(error instanceof PaymentError)) return databaseProblem(error);
  return domainProblem(PROBLEMS[error.code], error);
}
