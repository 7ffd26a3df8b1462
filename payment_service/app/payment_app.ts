import type { PaymentDependencies } from "../ports.ts";
import { AccountService } from "./accounts.ts";
import { PaymentService } from "./payments.ts";
import { RefundService } from "./refunds.ts";

/**
 * Use cases of the service. A use case that transfers money is one transaction: it locks the accounts in order of their
 * ids, decides, and writes the events together with their projections.
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
