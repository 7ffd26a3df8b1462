import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { transactionOf } from "@archway/service_kit/idempotency.ts";
import { formatVersion } from "@archway/service_kit/paging/entity_version.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { Payment } from "../domain/payment.ts";
import { viewerOf } from "../viewer_of.ts";
import { type AdapterParts, causeOf, readOptions, tokenHeader } from "./adapter.ts";
import { listResponse } from "./list_response.ts";
import { listIdentity, parsePage } from "./page_request.ts";
import { parsePeriod } from "./period.ts";
import { paymentDraft, wirePayment, wirePaymentEvent } from "./wire.ts";

/** The operations on payments. */
export class PaymentHandlers {
  constructor(private readonly parts: AdapterParts) {}

  async listPayments(
    { query, headers }: api.ListPaymentsRequest,
    context: RequestContext,
  ): Promise<api.ListPaymentsResponse> {
    const { app, cursors } = this.parts;
    const viewer = viewerOf(context);
    const { status } = query;
    const accountId = query.accountId?.toLowerCase();
    const period = parsePeriod(query);
    const list = listIdentity("payments, newest first", viewer, [accountId, status, period.from, period.to]);
    const page = parsePage(query, { cursors, list });
    const filter = {
      viewer,
      ...period,
      ...(accountId !== undefined && { accountId }),
      ...(status !== undefined && { status }),
    };
    const found = await app.payments.list(filter, { ...page, ...readOptions(headers, context, this.parts) });
    return listResponse(found, {
      wire: wirePayment,
      pivotOf: (payment) => payment,
      idOf: ({ id }) => id,
      versionOf: ({ version }) => version,
    }, {
      context,
      parameters: { limit: query.limit, accountId, status, from: query.from, to: query.to },
      page,
      cursors,
      list,
    });
  }

  async createPayment(
    { body }: api.CreatePaymentRequest,
    context: RequestContext,
  ): Promise<api.CreatePaymentResponse> {
    const draft = paymentDraft(body);
    const payment = await this.parts.app.payments.create(transactionOf(context), draft, causeOf(context));
    return { status: 201, ...madePayment(payment, context) };
  }

  async getPayment(
    { path, headers }: api.GetPaymentRequest,
    context: RequestContext,
  ): Promise<api.GetPaymentResponse> {
    const key = { id: path.id, viewer: viewerOf(context) };
    const payment = await this.parts.app.payments.get(key, readOptions(headers, context, this.parts));
    const { headers: { ETag }, body } = madePayment(payment, context);
    return { status: 200, headers: { ETag }, body };
  }

  async putPayment(
    { path, body }: api.PutPaymentRequest,
    context: RequestContext,
  ): Promise<api.PutPaymentResponse> {
    const id = path.id.toLowerCase();
    const { payment, created } = await this.parts.app.payments.put(id, paymentDraft(body), causeOf(context));
    const token = await tokenHeader(context, this.parts);
    const { headers: { Location, ETag }, body: answer } = madePayment(payment, context);
    return created
      ? { status: 201, headers: { Location, ETag, ...token }, body: answer }
      : { status: 200, headers: { ETag, ...token }, body: answer };
  }

  async listPaymentEvents(
    { path, query, headers }: api.ListPaymentEventsRequest,
    context: RequestContext,
  ): Promise<api.ListPaymentEventsResponse> {
    const { app, versionCursors: cursors } = this.parts;
    const viewer = viewerOf(context);
    const id = path.id.toLowerCase();
    const list = listIdentity("payment events, in order", viewer, [id]);
    const page = parsePage(query, { cursors, list });
    const found = await app.payments.listEvents({ id, viewer }, {
      ...page,
      ...readOptions(headers, context, this.parts),
    });
    return listResponse(found, {
      wire: wirePaymentEvent,
      pivotOf: ({ version }) => version,
      idOf: ({ stream, version }) => `${stream}@${version}`,
      versionOf: () => undefined,
    }, { context, parameters: { limit: query.limit }, page, cursors, list });
  }
}

interface MadePayment {
  readonly headers: { readonly Location: string; readonly ETag: string };
  readonly body: api.SuccessPayment;
}

function madePayment(payment: Payment, { requestId }: RequestContext): MadePayment {
  return {
    headers: { Location: `/v1/payments/${payment.id}`, ETag: formatVersion(payment.version) },
    body: { data: wirePayment(payment), meta: { requestId } },
  };
}
