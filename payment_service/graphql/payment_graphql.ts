import { spec } from "@archway/api/paymentapi/server.gen.ts";
import {
  batchById,
  batchLists,
  type GraphqlBatches,
  type GraphqlFace,
} from "@archway/service_kit/graphql_face.ts";
import type { AuditTrail } from "@archway/service_kit/audit_trail.ts";
import type { EventFeed } from "@archway/events/event_feed.ts";
import type { PageCursors } from "@archway/service_kit/page_cursors.ts";
import { subscribeTo } from "@archway/service_kit/streamed_items.ts";
import { paymentOfStream } from "../events/payment_event.ts";
import { accountList } from "../http/account_handlers.ts";
import { paymentEventToJson } from "../http/payment_dto.ts";
import { paymentList } from "../http/payment_handlers.ts";
import { refundList } from "../http/refund_handlers.ts";
import { type PaymentHandlersDependencies, scopeOf } from "../http/request_cause.ts";

/** GraphQL fields of the service, for the operations of its OpenAPI document. */
export const PAYMENT_GRAPHQL: GraphqlFace = {
  document: spec,
  queries: {
    account: "getAccount",
    accounts: "listAccounts",
    payment: "getPayment",
    payments: "listPayments",
    refund: "getRefund",
    refunds: "listRefunds",
    paymentEvents: "listPaymentEvents",
    paymentRequest: "getPaymentRequest",
    paymentRequests: "listPaymentRequests",
    paymentRequestRevisions: "listPaymentRequestRevisions",
    paymentRequestBatch: "getPaymentRequestBatch",
    paymentRequestBatchItems: "listPaymentRequestBatchItems",
  },
  mutations: {
    openAccount: "openAccount",
    closeAccount: "closeAccount",
    createDeposit: "createDeposit",
    createPayment: "createPayment",
    createPaymentWithId: "putPayment",
    refundPayment: "putRefund",
    createPaymentRequest: "createPaymentRequest",
    putPaymentRequest: "putPaymentRequest",
    payPaymentRequest: "payPaymentRequest",
    cancelPaymentRequest: "cancelPaymentRequest",
    createPaymentRequestBatch: "createPaymentRequestBatch",
  },
  subscriptions: {
    paymentEvents: {
      itemsOf: "listPaymentEvents",
      description:
        "Events of the payments that the caller can read, as they are settled and refunded, in order.",
    },
  },
  relations: {
    Profile: {
      accounts: { list: "listAccounts", where: { profileId: "id" }, description: "Accounts of the profile" },
    },
    Account: {
      profile: { one: "Profile", by: "profileId" },
      entries: { list: "listEntries", where: { id: "id" } },
      payments: { list: "listPayments", where: { accountId: "id" } },
    },
    Entry: { payment: { one: "Payment", by: "paymentId" } },
    Payment: {
      payerAccount: { one: "Account", by: "payerAccountId" },
      payeeAccount: { one: "Account", by: "payeeAccountId" },
      refunds: { list: "listRefunds", where: { id: "id" } },
      events: { list: "listPaymentEvents", where: { id: "id" } },
    },
    Refund: { payment: { one: "Payment", by: "paymentId" } },
    PaymentRequest: {
      payeeAccount: { one: "Account", by: "payeeAccountId" },
      payerAccount: { one: "Account", by: "payerAccountId" },
      payment: { one: "Payment", by: "paymentId" },
      revisions: { list: "listPaymentRequestRevisions", where: { id: "id" } },
    },
    PaymentRequestBatch: { items: { list: "listPaymentRequestBatchItems", where: { id: "id" } } },
    PaymentRequestBatchItem: { paymentRequest: { one: "PaymentRequest", by: "paymentRequestId" } },
    Deposit: { account: { one: "Account", by: "accountId" } },
  },
  arguments: {
    createDeposit: { id: "accountId" },
    getRefund: { id: "paymentId", refundId: "id" },
    listRefunds: { id: "paymentId" },
    listPaymentEvents: { id: "paymentId" },
    putRefund: { id: "paymentId" },
    listPaymentRequestRevisions: { id: "paymentRequestId" },
    listPaymentRequestBatchItems: { id: "batchId" },
    payPaymentRequest: { id: "paymentRequestId" },
  },
  descriptions: {
    createPayment:
      "The payment is settled immediately, or refused. Repeating the mutation with the same `idempotencyKey` returns the " +
      "first result again.",
    putPayment:
      "Repeating the mutation with the same input returns the payment; another input is a conflict. A refused payment is " +
      "not stored, so that repeating the mutation may succeed later.",
    putRefund:
      "Only the payee can refund a payment, and the total of its refunds cannot exceed its amount. Repeating the mutation " +
      "with the same input returns the refund; another input is a conflict.",
  },
  scalars: { "Money.amount": "Decimal", "Balance.amount": "Decimal" },
};

/** Dependencies of {@link paymentBatches}. */
interface PaymentGraphqlDependencies extends PaymentHandlersDependencies {
  /** Follows the events of payments. */
  readonly feed: EventFeed;
  /** Cursors of positions in the feed. */
  readonly feedCursors: PageCursors<bigint>;
  /** Records what subscribers read. @default none */
  readonly audit?: AuditTrail | undefined;
}

/** Returns the reads of many resources at once, and the events of subscriptions. */
export function paymentBatches(dependencies: PaymentGraphqlDependencies): GraphqlBatches {
  const { feed, feedCursors, audit, app: { accounts, payments, refunds } } = dependencies;
  const listOfAccounts = accountList(dependencies);
  return {
    byId: {
      Account: batchById(
        listOfAccounts,
        (ids, { scope, ...options }) => accounts.getMany({ ids, scope }, options),
      ),
      Payment: batchById(
        paymentList(dependencies),
        (ids, { scope, ...options }) => payments.getMany({ ids, scope }, options),
      ),
    },
    lists: {
      "Profile.accounts": batchLists(listOfAccounts, {
        filterOf: (profileId) => ({ profileId }),
        parentOf: ({ profileId }) => profileId,
        read: (parents, { scope, limit, ...options }) =>
          accounts.listOfProfiles({ parents, limit, scope }, options),
      }),
      "Payment.refunds": batchLists(refundList(dependencies), {
        filterOf: (paymentId) => ({ paymentId }),
        parentOf: ({ paymentId }) => paymentId,
        read: (parents, { scope, limit, ...options }) =>
          refunds.listOfPayments({ parents, limit, scope }, options),
      }),
    },
    subscriptions: {
      paymentEvents: subscribeTo({
        name: "payment events, live",
        cursors: feedCursors,
        scopeOf,
        toJson: paymentEventToJson,
        positionOf: ({ position }) => position,
        follow: (request) => feed.subscribe(request),
        audit: { trail: audit, resource: "payment", idOf: ({ stream }) => paymentOfStream(stream) },
      }),
    },
  };
}
