import type { PaymentRequestDependencies } from "../ports.ts";
import { AccountService } from "./accounts.ts";
import { PaymentRequestBatchService } from "./payment_request_batches.ts";
import { PaymentRequestService } from "./payment_requests.ts";
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
  readonly requests: PaymentRequestService;
  readonly batches: PaymentRequestBatchService;

  constructor(dependencies: PaymentRequestDependencies) {
    this.accounts = new AccountService(dependencies);
    this.payments = new PaymentService(dependencies);
    this.refunds = new RefundService(dependencies);
    this.requests = new PaymentRequestService(dependencies);
    this.batches = new PaymentRequestBatchService(dependencies, this.requests);
  }
}
