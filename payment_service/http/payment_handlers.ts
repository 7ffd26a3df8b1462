import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { completeWithKey, transactionOf } from "@archway/service_kit/idempotency.ts";
import { listEndpoint, type ListEndpointOptions } from "@archway/service_kit/list_endpoint.ts";
import type { TimeAnchor } from "@archway/service_kit/page.ts";
import { ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import type { Payment } from "../domain/payment.ts";
import { tagVersion } from "../domain/tag_version.ts";
import type { PaymentFilter } from "../ports.ts";
import { eventTag, paymentEventToJson, paymentInput, paymentToJson } from "./payment_dto.ts";
import { parsePeriod } from "./period.ts";
import { causeOf, type PaymentHandlersDependencies, scopeOf } from "./request_cause.ts";

/** Operations on payments. */
export type PaymentOperations = Pick<
  api.StrictServerInterface,
  "listPayments" | "createPayment" | "getPayment" | "putPayment" | "listPaymentEvents"
>;

/** Declares the list of payments. */
export function paymentList(
  { app: { payments }, cursors, tokens }: PaymentHandlersDependencies,
): ListEndpointOptions<api.ListPaymentsRequest, PaymentFilter, Payment, api.Payment, TimeAnchor> {
  return {
    name: "payments, newest first",
    cursors,
    tokens,
    scopeOf,
    filter: ({ query }) => ({
      accountId: query.accountId?.toLowerCase(),
      status: query.status,
      ...parsePeriod(query),
    }),
    read: (request, options) => payments.list(request, options),
    toJson: paymentToJson,
    anchorOf: (payment) => payment,
    tagOf: (payment) => ({ id: payment.id, version: tagVersion(payment) }),
  };
}

/** Returns the operations on payments. */
export function paymentHandlers(
  dependencies: PaymentHandlersDependencies,
): PaymentOperations {
  const { app: { payments }, versionCursors, tokens } = dependencies;
  const responses = new ResourceResponses({
    tokens,
    toJson: paymentToJson,
    versionOf: tagVersion,
    pathOf: ({ id }) => `/v1/payments/${id}`,
  });
  return {
    listPayments: listEndpoint(paymentList(dependencies)),
    createPayment: async ({ body }, context) => {
      const tx = transactionOf(context);
      const { payment, written } = await payments.create(tx, paymentInput(body), causeOf(context));
      await completeWithKey(context, written);
      return responses.createdInTransaction(payment, context);
    },
    getPayment: async ({ path: { id }, headers }, context) => {
      const options = tokens.readOptions(headers, context);
      return responses.found(await payments.get({ id, scope: scopeOf(context) }, options), context);
    },
    putPayment: async ({ path, body }, context) => {
      const input = paymentInput(body);
      const { payment, created } = await payments.put(path.id.toLowerCase(), input, causeOf(context));
      return created ? await responses.created(payment, context) : await responses.written(payment, context);
    },
    listPaymentEvents: listEndpoint({
      name: "payment events, in order",
      cursors: versionCursors,
      tokens,
      scopeOf,
      filter: ({ path }) => ({ paymentId: path.id.toLowerCase() }),
      read: (request, options) => payments.listEvents(request, options),
      toJson: paymentEventToJson,
      anchorOf: ({ version }) => version,
      tagOf: eventTag,
    }),
  };
}
