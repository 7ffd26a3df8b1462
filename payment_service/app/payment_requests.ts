import type { StoredEvent } from "@archway/events/event_store.ts";
import type { AccessScope, ResourceKey } from "@archway/service_kit/access_scope.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { type PaymentRequest, requestAt } from "../domain/payment_request.ts";
import type { PaymentRequestDependencies, PaymentRequestFilter, RevisionFilter } from "../ports.ts";
import type { ReadOptions } from "./accounts.ts";
import { presentRequest } from "./locked_request.ts";
import { recordRead } from "./record_read.ts";

/** Reads payment requests. Each change of one is a use case beside this file. */
export class PaymentRequestService {
  readonly #deps: PaymentRequestDependencies;

  constructor(dependencies: PaymentRequestDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {DomainError} "payment-request-not-found". */
  async get(key: ResourceKey, options: ReadOptions = {}): Promise<PaymentRequest> {
    const { connections, requests, now } = this.#deps;
    const found = await requests.find(connections.reader(options), key, options);
    const { request } = presentRequest(found);
    return this.#read(key.scope, requestAt(request, now()), [request.id]);
  }

  async list(
    request: ListRequest<PaymentRequestFilter>,
    options: ReadOptions = {},
  ): Promise<Page<PaymentRequest>> {
    const { connections, requests, now } = this.#deps;
    const page = await requests.list(connections.reader(options), request, { ...options, now: now() });
    return this.#read(request.scope, page, page.items.map(({ id }) => id));
  }

  /** Returns events of a payment request, oldest first, to a payer since they were asked. @throws {DomainError} "payment-request-not-found". */
  async listRevisions(
    request: ListRequest<RevisionFilter, bigint>,
    options: ReadOptions = {},
  ): Promise<Page<StoredEvent>> {
    const reader = this.#deps.connections.reader(options);
    const { scope, filter: { requestId: id } } = request;
    const found = presentRequest(await this.#deps.requests.find(reader, { id, scope }, options));
    // What another payer was asked before is none of a later one's business.
    const onlyFor = found.isPayee ? undefined : found.request;
    const page = await this.#deps.requests.listRevisions(reader, request, { ...options, onlyFor });
    return this.#read(scope, page, [id]);
  }

  #read<Value>(scope: AccessScope, value: Value, ids: readonly string[]): Value {
    return recordRead(this.#deps, value, { scope, resource: "payment_request", ids });
  }
}
