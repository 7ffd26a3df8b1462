import type { PaymentRequestDependencies } from "../ports.ts";
import { AccountService } from "./accounts.ts";
import { PaymentRequestBatchService } from "./payment_request_batches.ts";
import { PaymentRequestChanges } from "./payment_request_changes.ts";
import { PaymentRequestCreation } from "./payment_request_creation.ts";
import { PaymentRequestExpiry } from "./payment_request_expiry.ts";
import { PaymentRequestPayment } from "./payment_request_payment.ts";
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
  readonly requestCreation: PaymentRequestCreation;
  readonly requestChanges: PaymentRequestChanges;
  readonly requestPayment: PaymentRequestPayment;
  readonly requestExpiry: PaymentRequestExpiry;
  readonly batches: PaymentRequestBatchService;

  constructor(dependencies: PaymentRequestDependencies) {
    this.accounts = new AccountService(dependencies);
    this.payments = new PaymentService(dependencies);
    this.refunds = new RefundService(dependencies);
    this.requests = new PaymentRequestService(dependencies);
    this.requestCreation = new PaymentRequestCreation(dependencies);
    this.requestChanges = new PaymentRequestChanges(dependencies);
    this.requestPayment = new PaymentRequestPayment(dependencies);
    this.requestExpiry = new PaymentRequestExpiry(dependencies);
    this.batches = new PaymentRequestBatchService(dependencies, this.requestCreation);
  }
}
