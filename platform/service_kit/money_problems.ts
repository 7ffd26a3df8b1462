import type { MoneyErrorCode } from "./money.ts";
import type { ProblemDescription } from "./problem_table.ts";

/** Problem types of amounts, for the error tables of services that take some. */
export const MONEY_PROBLEMS: Readonly<Record<MoneyErrorCode, ProblemDescription>> = {
  "invalid-amount": {
    title: "Invalid amount",
    status: 422,
    detail:
      "An amount is a decimal number with exactly the decimal places of its currency, more than nothing, and not more " +
      "than 10^15 minor units. The member invalidParams says what is wrong.",
    validation: true,
  },
  "unknown-currency": {
    title: "Unknown currency",
    status: 422,
    detail: "A currency is a code of ISO 4217 that has a minor unit, such as BRL.",
    validation: true,
  },
};
