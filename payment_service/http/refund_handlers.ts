import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { formatVersion } from "@archway/service_kit/paging/entity_version.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { Refund } from "../domain/payment.ts";
import { viewerOf } from "../viewer_of.ts";
import { type AdapterParts, causeOf, readOptions, tokenHeader } from "./adapter.ts";
import { listResponse } from "./list_response.ts";
import { listIdentity, parsePage } from "./page_request.ts";
import { refundDraft, wireRefund } from "./wire.ts";

/** A refund is never changed. */
const VERSION = 1n;

/** The operations on refunds. */
export class RefundHandlers {
  constructor(private readonly parts: AdapterParts) {}

  async listRefunds(
    { path, query, headers }: api.ListRefundsRequest,
    context: RequestContext,
  ): Promise<api.ListRefundsResponse> {
    const { app, cursors } = this.parts;
    const viewer = viewerOf(context);
    const id = path.id.toLowerCase();
    const list = listIdentity("refunds, newest first", viewer, [id]);
    const page = parsePage(query, { cursors, list });
    const found = await app.refunds.list({ id, viewer }, {
      ...page,
      ...readOptions(headers, context, this.parts),
    });
    return listResponse(found, {
      wire: wireRefund,
      pivotOf: (refund) => refund,
      idOf: (refund) => refund.id,
      versionOf: () => VERSION,
    }, { context, parameters: { limit: query.limit }, page, cursors, list });
  }

  async getRefund(
    { path, headers }: api.GetRefundRequest,
    context: RequestContext,
  ): Promise<api.GetRefundResponse> {
    const key = { paymentId: path.id, id: path.refundId, viewer: viewerOf(context) };
    const refund = await this.parts.app.refunds.get(key, readOptions(headers, context, this.parts));
    return { status: 200, headers: { ETag: formatVersion(VERSION) }, body: success(refund, context) };
  }

  async putRefund(
    { path, body }: api.PutRefundRequest,
    context: RequestContext,
  ): Promise<api.PutRefundResponse> {
    const key = { paymentId: path.id.toLowerCase(), id: path.refundId.toLowerCase() };
    const { refund, created } = await this.parts.app.refunds.put(key, refundDraft(body), causeOf(context));
    const headers = { ETag: formatVersion(VERSION), ...await tokenHeader(context, this.parts) };
    const answer = success(refund, context);
    if (!created) return { status: 200, headers, body: answer };
    const Location = `/v1/payments/${refund.paymentId}/refunds/${refund.id}`;
    return { status: 201, headers: { ...headers, Location }, body: answer };
  }
}

function success(refund: Refund, { requestId }: RequestContext): api.SuccessRefund {
  return { data: wireRefund(refund), meta: { requestId } };
}
