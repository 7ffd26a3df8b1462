import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { ownerOf } from "@archway/service_kit/access_scope.ts";
import { transactionOf } from "@archway/service_kit/idempotency.ts";
import { listEndpoint } from "@archway/service_kit/list_endpoint.ts";
import { ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import { batchItem, batchItemToJson, batchToJson } from "./payment_request_dto.ts";
import { causeOf, type PaymentHandlersDependencies, scopeOf } from "./request_cause.ts";

/** Operations on batches of payment requests. */
export type PaymentRequestBatchOperations = Pick<
  api.StrictServerInterface,
  "createPaymentRequestBatch" | "getPaymentRequestBatch" | "listPaymentRequestBatchItems"
>;

/** Returns the operations on batches of payment requests. */
export function paymentRequestBatchHandlers(
  { app: { batches }, versionCursors, tokens, newId }: PaymentHandlersDependencies,
): PaymentRequestBatchOperations {
  const responses = new ResourceResponses({
    tokens,
    toJson: batchToJson,
    // A batch changes with each item that is processed.
    versionOf: ({ created, failed }) => created + failed + 1n,
    pathOf: ({ id }) => `/v1/payment-request-batches/${id}`,
  });
  return {
    createPaymentRequestBatch: async ({ body }, context) => {
      const items = body.requests.map((item) => batchItem(item, newId));
      const caller = { ...causeOf(context), owner: ownerOf(context) };
      const batch = await batches.create(transactionOf(context), items, caller);
      const { headers: { Location }, body: accepted } = responses.createdInTransaction(batch, context);
      return { status: 202, headers: { Location, "Retry-After": "1" }, body: accepted };
    },
    getPaymentRequestBatch: async ({ path: { id }, headers }, context) => {
      const options = tokens.readOptions(headers, context);
      return responses.found(await batches.get({ id, scope: scopeOf(context) }, options), context);
    },
    listPaymentRequestBatchItems: listEndpoint({
      name: "items of a batch, in order",
      cursors: versionCursors,
      tokens,
      scopeOf,
      filter: ({ path }) => ({ batchId: path.id.toLowerCase() }),
      read: (request, options) => batches.listItems(request, options),
      toJson: batchItemToJson,
      anchorOf: ({ place }) => place,
      tagOf: (item) => ({ id: String(item.place), state: item.status }),
    }),
  };
}
