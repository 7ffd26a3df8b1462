import type { PaymentDependencies } from "./ports.ts";
import { AccountService } from "./use_cases/accounts.ts";
import { PaymentService } from "./use_cases/payments.ts";
import { RefundService } from "./use_cases/refunds.ts";

/**
 * The use cases. What moves money is one transaction: it locks the accounts in order of their ids, decides, and writes
 * what has happened together with all that follows from it.
 */
export class PaymentApp {
  readonly accounts: AccountService;
  readonly payments: PaymentService;
  readonly refunds: RefundService;

  constructor(dependencies: PaymentDependencies) {
    this.accounts = new AccountService(dependencies);
    this.payments = new PaymentService(dependencies);
    this.refunds = new RefundService(dependencies);
  }
}
