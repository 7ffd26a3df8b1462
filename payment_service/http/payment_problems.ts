import { MONEY_PROBLEMS } from "@archway/service_kit/money_problems.ts";
import { changed, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import type { PaymentErrorCode } from "../domain/payment_error.ts";

/** Problem types of the payment service, by error code. */
export const paymentProblems = problemTable<PaymentErrorCode>({
  ...MONEY_PROBLEMS,
  "account-not-found": notFound("account"),
  "account-changed": changed("account"),
  "payment-not-found": notFound("payment", "There is no payment with this id, or you have no part in it."),
  "refund-not-found": notFound("refund", "The payment has no refund with this id."),
  "account-exists": {
    title: "Account exists",
    status: 409,
    detail: "The profile has an open account in this currency already: list the accounts of the profile.",
  },
  "payment-exists": {
    title: "Payment exists",
    status: 409,
    detail:
      "A payment with this id was made with another body. Nothing was done: a new payment needs a new id, and a " +
      "repeated one has to be what it was.",
  },
  "refund-exists": {
    title: "Refund exists",
    status: 409,
    detail:
      "A refund of the payment with this id was made with another body. Nothing was done: a new refund needs a new " +
      "id, and a repeated one has to be what it was.",
  },
  "same-account": {
    title: "One account on both sides",
    status: 422,
    detail: "Payer and payee have to be two accounts.",
    validation: true,
  },
  "unknown-profile": {
    title: "Unknown profile",
    status: 422,
    detail: "There is no living profile with this id, or it is not yours.",
  },
  "unknown-account": {
    title: "Unknown account",
    status: 422,
    detail:
      "An account of the payment does not exist, or the payer's is not yours. The member invalidParams says which.",
  },
  "profile-deleted": {
    title: "Profile deleted",
    status: 422,
    detail: "An account that takes part belongs to a profile that was deleted: its money does not move.",
  },
  "currency-mismatch": {
    title: "Currencies differ",
    status: 422,
    detail: "Money moves in one currency: that of the amount and of every account that takes part.",
  },
  "account-closed": {
    title: "Account closed",
    status: 422,
    detail: "The account is closed: no money moves to or from it.",
  },
  "insufficient-funds": {
    title: "Insufficient funds",
    status: 422,
    detail: "The account that the money is to come from has less than the amount.",
  },
  "balance-limit": {
    title: "Balance limit reached",
    status: 422,
    detail: "The account would have more than it can hold, which is 10^18 minor units.",
  },
  "balance-not-zero": {
    title: "Account not empty",
    status: 422,
    detail: "An account that has money is not closed: let it be paid away first.",
  },
  "refund-exceeds-payment": {
    title: "Refund exceeds payment",
    status: 422,
    detail: "All refunds of a payment together cannot be more than the payment.",
  },
  "not-payee": {
    title: "Not the payee",
    status: 422,
    detail: "A payment is given back by who received it, and by nobody else.",
  },
});
