import type { StoredEvent } from "@archway/events/event_store.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { type PaymentRequest, requestAt } from "../domain/payment_request.ts";
import type { PaymentRequestDependencies, PaymentRequestFilter, RevisionFilter } from "../ports.ts";
import type { ReadOptions } from "./accounts.ts";
import { presentRequest } from "./locked_request.ts";

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
    return requestAt(presentRequest(found).request, now());
  }

  list(
    request: ListRequest<PaymentRequestFilter>,
    options: ReadOptions = {},
  ): Promise<Page<PaymentRequest>> {
    const { connections, requests, now } = this.#deps;
    return requests.list(connections.reader(options), request, { ...options, now: now() });
  }

  /** Returns events of a payment request, oldest first. @throws {DomainError} "payment-request-not-found". */
  async listRevisions(
    request: ListRequest<RevisionFilter, bigint>,
    options: ReadOptions = {},
  ): Promise<Page<StoredEvent>> {
    const reader = this.#deps.connections.reader(options);
    const { scope, filter: { requestId: id } } = request;
    presentRequest(await this.#deps.requests.find(reader, { id, scope }, options));
    return await this.#deps.requests.listRevisions(reader, request, options);
  }
}
