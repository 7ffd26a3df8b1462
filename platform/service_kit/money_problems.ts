import type { MoneyErrorCode } from "./money.ts";
import type { ProblemDescription } from "./problem_table.ts";

/** Problem types of amounts, for the error tables of services that accept them. */
export const MONEY_PROBLEMS: Readonly<Record<MoneyErrorCode, ProblemDescription>> = {
  "invalid-amount": {
    title: "Invalid amount",
    status: 422,
    detail:
      "An amount is a decimal number with exactly the decimal places of its currency, greater than zero and at most " +
      "10^15 minor units. invalidParams contains the reason.",
    validation: true,
  },
  "unknown-currency": {
    title: "Unknown currency",
    status: 422,
    detail: "A currency is an ISO 4217 code with a minor unit, such as BRL.",
    validation: true,
  },
};
