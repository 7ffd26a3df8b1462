import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { Problem } from "@archway/server/problem.ts";
import { completeWithKey, transactionOf } from "@archway/service_kit/idempotency.ts";
import { listEndpoint, type ListEndpointOptions } from "@archway/service_kit/list_endpoint.ts";
import type { TimeAnchor } from "@archway/service_kit/page.ts";
import { conditionOf, ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import type { PaymentRequest } from "../domain/payment_request.ts";
import { tagVersion } from "../domain/tag_version.ts";
import type { PaymentRequestFilter } from "../ports.ts";
import { eventTag, paymentToJson } from "./payment_dto.ts";
import { requestTerms, requestToJson, revisionToJson } from "./payment_request_dto.ts";
import { parsePeriod } from "./period.ts";
import { causeOf, type PaymentHandlersDependencies, scopeOf } from "./request_cause.ts";

/** Operations on payment requests. */
export type PaymentRequestOperations = Pick<
  api.StrictServerInterface,
  | "listPaymentRequests"
  | "createPaymentRequest"
  | "getPaymentRequest"
  | "putPaymentRequest"
  | "cancelPaymentRequest"
  | "payPaymentRequest"
  | "listPaymentRequestRevisions"
>;

/** Declares the list of payment requests. */
function requestList(
  { app: { requests }, cursors, tokens }: PaymentHandlersDependencies,
): ListEndpointOptions<
  api.ListPaymentRequestsRequest,
  PaymentRequestFilter,
  PaymentRequest,
  api.PaymentRequest,
  TimeAnchor
> {
  return {
    name: "payment requests, newest first",
    cursors,
    tokens,
    scopeOf,
    filter: ({ query }) => ({
      accountId: query.accountId?.toLowerCase(),
      status: query.status,
      reference: query.reference,
      ...parsePeriod(query),
    }),
    read: (request, options) => requests.list(request, options),
    toJson: requestToJson,
    anchorOf: (request) => request,
    tagOf: (request) => ({ id: request.id, version: tagVersion(request) }),
  };
}

/** Returns the operations on payment requests. */
export function paymentRequestHandlers(dependencies: PaymentHandlersDependencies): PaymentRequestOperations {
  const { app, versionCursors, tokens } = dependencies;
  const { requests, requestCreation, requestChanges, requestPayment } = app;
  const responses = new ResourceResponses({
    tokens,
    toJson: requestToJson,
    versionOf: tagVersion,
    pathOf: ({ id }) => `/v1/payment-requests/${id}`,
  });
  const payments = new ResourceResponses({
    tokens,
    toJson: paymentToJson,
    versionOf: tagVersion,
    pathOf: ({ id }) => `/v1/payments/${id}`,
  });
  return {
    listPaymentRequests: listEndpoint(requestList(dependencies)),
    createPaymentRequest: async ({ body }, context) => {
      const tx = transactionOf(context);
      const { request, written } = await requestCreation.create(tx, requestTerms(body), causeOf(context));
      await completeWithKey(context, written);
      return responses.createdInTransaction(request, context);
    },
    getPaymentRequest: async ({ path: { id }, headers }, context) => {
      const options = tokens.readOptions(headers, context);
      return responses.found(await requests.get({ id, scope: scopeOf(context) }, options), context);
    },
    putPaymentRequest: async ({ path, headers, body }, context) => {
      const id = path.id.toLowerCase();
      const { "If-Match": ifMatch, "If-None-Match": ifNoneMatch } = headers;
      const terms = requestTerms(body);
      if (ifMatch !== undefined) {
        if (ifNoneMatch !== undefined) throw unsupported("cannot be combined with If-Match");
        const cause = { ...causeOf(context), condition: conditionOf({ "If-Match": ifMatch }) };
        return await responses.written(await requestChanges.revise(id, terms, cause), context);
      }
      if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== "*") throw unsupported("must be *");
      const cause = { ...causeOf(context), isNew: ifNoneMatch !== undefined };
      const { request, created } = await requestCreation.put(id, terms, cause);
      return created ? await responses.created(request, context) : await responses.written(request, context);
    },
    cancelPaymentRequest: async ({ path, headers }, context) => {
      const cause = { ...causeOf(context), condition: conditionOf(headers) };
      return await responses.written(await requestChanges.cancel(path.id.toLowerCase(), cause), context);
    },
    payPaymentRequest: async ({ path, headers, body }, context) => {
      const cause = { ...causeOf(context), condition: conditionOf(headers) };
      const payer = body.payerAccountId.toLowerCase();
      const { payment, created } = await requestPayment.pay(path.id.toLowerCase(), payer, cause);
      return created ? await payments.created(payment, context) : await payments.written(payment, context);
    },
    listPaymentRequestRevisions: listEndpoint({
      name: "revisions of a payment request, in order",
      cursors: versionCursors,
      tokens,
      scopeOf,
      filter: ({ path }) => ({ requestId: path.id.toLowerCase() }),
      read: (request, options) => requests.listRevisions(request, options),
      toJson: revisionToJson,
      anchorOf: ({ version }) => version,
      tagOf: eventTag,
    }),
  };
}

function unsupported(reason: string): Problem {
  return new Problem(400, "malformed-request", {
    detail: "The If-None-Match header is not supported",
    invalidParams: [{ name: "If-None-Match", in: "header", reason }],
  });
}
