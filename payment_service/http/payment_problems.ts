import { MONEY_PROBLEMS } from "@archway/service_kit/money_problems.ts";
import { changed, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import type { PaymentErrorCode } from "../domain/payment_error.ts";

/** Problem types of the payment service, by error code. */
export const paymentProblems = problemTable<PaymentErrorCode>({
  ...MONEY_PROBLEMS,
  "account-not-found": notFound("account"),
  "account-changed": changed("account"),
  "payment-not-found": notFound(
    "payment",
    "No payment with this id exists, or the caller is neither payer nor payee.",
  ),
  "refund-not-found": notFound("refund", "The payment has no refund with this id."),
  "account-exists": {
    title: "Account already exists",
    status: 409,
    detail:
      "The profile already has an open account in this currency. List the accounts of the profile to find it.",
  },
  "payment-exists": {
    title: "Payment already exists",
    status: 409,
    detail:
      "A payment with this id was created with a different body. No changes were made. Use a new id for a new payment, " +
      "or repeat the original body.",
  },
  "refund-exists": {
    title: "Refund already exists",
    status: 409,
    detail:
      "A refund with this id was created for the payment with a different body. No changes were made. Use a new id for " +
      "a new refund, or repeat the original body.",
  },
  "invalid-description": {
    title: "Invalid description",
    status: 422,
    detail: "A description has at most 140 characters in Unicode normalization form C.",
    validation: true,
  },
  "same-account": {
    title: "Payer and payee are the same",
    status: 422,
    detail: "Payer and payee must be different accounts.",
    validation: true,
  },
  "unknown-profile": {
    title: "Unknown profile",
    status: 422,
    detail: "No active profile with this id exists, or it is not accessible to the caller.",
  },
  "unknown-account": {
    title: "Unknown account",
    status: 422,
    detail:
      "An account of the payment does not exist, or the payer's account is not accessible to the caller. The member " +
      "invalidParams lists the account.",
  },
  "profile-deleted": {
    title: "Profile deleted",
    status: 422,
    detail: "One of the accounts belongs to a deleted profile and can neither send nor receive money.",
  },
  "currency-mismatch": {
    title: "Currency mismatch",
    status: 422,
    detail: "The amount must be in the currency of both accounts.",
  },
  "account-closed": {
    title: "Account closed",
    status: 422,
    detail: "The account is closed and can neither send nor receive money.",
  },
  "insufficient-funds": {
    title: "Insufficient funds",
    status: 422,
    detail: "The balance of the paying account is less than the amount.",
  },
  "balance-limit": {
    title: "Balance limit exceeded",
    status: 422,
    detail: "The balance of an account would exceed 10^18 minor units.",
  },
  "balance-not-zero": {
    title: "Balance not zero",
    status: 422,
    detail:
      "An account can be closed only when its balance is zero. Pay the balance to another account first.",
  },
  "refund-exceeds-payment": {
    title: "Refund exceeds payment",
    status: 422,
    detail: "The total of a payment's refunds cannot exceed its amount.",
  },
  "not-payee": {
    title: "Not the payee",
    status: 422,
    detail: "Only the payee can refund a payment, and revise or cancel a payment request.",
  },
  "payment-request-not-found": notFound("payment request"),
  "payment-request-changed": {
    ...changed("payment request"),
    detail:
      "The payment request was modified since it was read, or exists although If-None-Match accepts only a new one. The " +
      "ETag header of the response has its current version: read it with GET, and repeat the request with that ETag in " +
      "If-Match if it is to be changed.",
  },
  "payment-request-exists": {
    title: "Payment request already exists",
    status: 409,
    detail:
      "A payment request with this id has other terms. No changes were made. Use a new id for a new request, or send " +
      "the ETag of the existing one in If-Match to revise it.",
  },
  "payment-request-paid": {
    title: "Payment request already paid",
    status: 409,
    detail: "The request was paid. It cannot be paid again, revised or cancelled; no money was moved.",
  },
  "payment-request-cancelled": {
    title: "Payment request cancelled",
    status: 409,
    detail: "The payee has cancelled the request. It can neither be paid nor revised.",
  },
  "payment-request-expired": {
    title: "Payment request expired",
    status: 410,
    detail:
      "The request has expired. It can be read, but no longer be paid, revised or cancelled. Create a new one.",
  },
  "reference-exists": {
    title: "Reference already exists",
    status: 409,
    detail:
      "Another payment request of the owner has this reference; invalidParams names it. Read it to find out whether " +
      "the request was created already, or use another reference.",
  },
  "invalid-expiry": {
    title: "Invalid expiry",
    status: 422,
    detail: "A payment request expires in the future, at most 366 days from now.",
    validation: true,
  },
  "immutable-property": {
    title: "Immutable property",
    status: 422,
    detail:
      "The payee and the reference of a payment request never change; invalidParams lists those that would. Cancel the " +
      "request and create another one.",
  },
  "not-payer": {
    title: "Not the payer",
    status: 422,
    detail: "The request asks another account to pay.",
  },
  "payment-request-batch-not-found": notFound(
    "payment request batch",
    "No batch with this id exists, it is not accessible to the caller, or it was deleted a week after its creation.",
  ),
});
