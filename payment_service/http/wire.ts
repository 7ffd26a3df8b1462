import type * as api from "@archway/api/paymentapi/server.gen.ts";
import type { StoredEvent } from "@archway/events/event_store.ts";
import type { Account, Entry } from "../domain/account.ts";
import { parseMoney, writeMoney } from "../domain/money.ts";
import {
  type Deposit,
  type Payment,
  type PaymentDraft,
  paymentStatus,
  type Refund,
  type RefundDraft,
} from "../domain/payment.ts";
import { outgoingPaymentData } from "../events/outgoing_data.ts";
import { readEvent } from "../events/payment_event_data.ts";

/** An account as clients see it. */
export function wireAccount(account: Account): api.Account {
  const { id, kind, profileId, currency, balance, createdAt, updatedAt, closedAt } = account;
  return {
    ...{ id, kind, profileId, currency },
    status: closedAt === null ? "open" : "closed",
    balance: writeMoney({ units: balance, currency }),
    createdAt,
    updatedAt,
    ...(closedAt !== null && { closedAt }),
  };
}

/** A line of a statement as clients see it. */
export function wireEntry(entry: Entry): api.Entry {
  const { transferId, kind, amount, balance, currency, paymentId, refundId, createdAt } = entry;
  return {
    id: transferId,
    kind,
    amount: writeMoney({ units: amount, currency }),
    balance: writeMoney({ units: balance, currency }),
    ...(paymentId !== null && { paymentId }),
    ...(refundId !== null && { refundId }),
    createdAt,
  };
}

/** A deposit as clients see it. */
export function wireDeposit({ id, accountId, amount, balance, createdAt }: Deposit): api.Deposit {
  return {
    id,
    accountId,
    amount: writeMoney(amount),
    balance: writeMoney({ units: balance, currency: amount.currency }),
    createdAt,
  };
}

/** A payment as clients see it. */
export function wirePayment(payment: Payment): api.Payment {
  const { id, payerAccountId, payeeAccountId, amount, refunded, description, createdAt, updatedAt } = payment;
  return {
    ...{ id, payerAccountId, payeeAccountId, amount: writeMoney(amount), description },
    status: paymentStatus(payment),
    refunded: writeMoney({ units: refunded, currency: amount.currency }),
    createdAt,
    updatedAt,
  };
}

/** A refund as clients see it. */
export function wireRefund({ id, paymentId, amount, description, createdAt }: Refund): api.Refund {
  return { id, paymentId, amount: writeMoney(amount), description, createdAt };
}

/** Something that has happened to a payment, as clients see it: by whom is not told. */
export function wirePaymentEvent(stored: StoredEvent): api.PaymentEvent {
  const event = readEvent(stored);
  switch (event.type) {
    case "payment.settled":
    case "payment.refunded":
      return {
        id: `${stored.stream}@${stored.version}`,
        type: event.type,
        version: Number(stored.version),
        createdAt: stored.recordedAt,
        data: outgoingPaymentData(event),
      };
    case "account.opened":
    case "account.closed":
    case "deposit.settled":
      throw new Error("The history of a payment has an event that is about something else");
  }
}

/** What a client sent for a payment. @throws {PaymentError} "unknown-currency", "invalid-amount". */
export function paymentDraft(body: api.NewPayment): PaymentDraft {
  return {
    // The same account, however its id is spelt.
    payerAccountId: body.payerAccountId.toLowerCase(),
    payeeAccountId: body.payeeAccountId.toLowerCase(),
    amount: parseMoney(body.amount, "/amount"),
    description: describe(body.description),
  };
}

/** What a client sent for a refund. @throws {PaymentError} "unknown-currency", "invalid-amount". */
export function refundDraft(body: api.NewRefund): RefundDraft {
  return { amount: parseMoney(body.amount, "/amount"), description: describe(body.description) };
}

/** What looks the same is the same. */
function describe(description: string | null | undefined): string | null {
  return description?.normalize("NFC") ?? null;
}
