import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { listEndpoint, type ListEndpointOptions } from "@archway/service_kit/list_endpoint.ts";
import type { TimeAnchor } from "@archway/service_kit/page.ts";
import { ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import type { Refund } from "../domain/payment.ts";
import { tagVersion } from "../domain/tag_version.ts";
import type { PaymentPartFilter } from "../ports.ts";
import { refundInput, refundToJson } from "./payment_dto.ts";
import { causeOf, type PaymentHandlersDependencies, scopeOf } from "./request_cause.ts";

/** Returns the number in the entity tag of a refund, which has one version. */
function versionOf({ description }: Refund): bigint {
  return tagVersion({ version: 1n, description });
}

/** Operations on refunds. */
export type RefundOperations = Pick<api.StrictServerInterface, "listRefunds" | "getRefund" | "putRefund">;

/** Declares the list of a payment's refunds. */
export function refundList(
  { app: { refunds }, cursors, tokens }: PaymentHandlersDependencies,
): ListEndpointOptions<api.ListRefundsRequest, PaymentPartFilter, Refund, api.Refund, TimeAnchor> {
  return {
    name: "refunds, newest first",
    cursors,
    tokens,
    scopeOf,
    filter: ({ path }) => ({ paymentId: path.id.toLowerCase() }),
    read: (request, options) => refunds.list(request, options),
    toJson: refundToJson,
    anchorOf: (refund) => refund,
    tagOf: (refund) => ({ id: refund.id, version: versionOf(refund) }),
  };
}

/** Returns the operations on refunds. */
export function refundHandlers(
  dependencies: PaymentHandlersDependencies,
): RefundOperations {
  const { app: { refunds }, tokens } = dependencies;
  const responses = new ResourceResponses({
    tokens,
    toJson: refundToJson,
    versionOf,
    pathOf: ({ paymentId, id }) => `/v1/payments/${paymentId}/refunds/${id}`,
  });
  return {
    listRefunds: listEndpoint(refundList(dependencies)),
    getRefund: async ({ path, headers }, context) => {
      const key = { paymentId: path.id, id: path.refundId, scope: scopeOf(context) };
      return responses.found(await refunds.get(key, tokens.readOptions(headers, context)), context);
    },
    putRefund: async ({ path, body }, context) => {
      const key = { paymentId: path.id.toLowerCase(), id: path.refundId.toLowerCase() };
      const { refund, created } = await refunds.put(key, refundInput(body), causeOf(context));
      return created ? await responses.created(refund, context) : await responses.written(refund, context);
    },
  };
}
