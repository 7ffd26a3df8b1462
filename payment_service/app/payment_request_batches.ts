import type { Transaction } from "@archway/db/db.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { actorOf } from "@archway/service_kit/audit_trail.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { PaymentError } from "../domain/payment_error.ts";
import {
  batchExpiry,
  type ItemRefusal,
  type NewBatchItem,
  type PaymentRequestBatch,
  type PaymentRequestBatchItem,
  type PendingItem,
} from "../domain/payment_request_batch.ts";
import type { BatchCaller, BatchItemFilter, PaymentRequestDependencies } from "../ports.ts";
import type { ReadOptions } from "./accounts.ts";
import type { PaymentRequestCreation } from "./payment_request_creation.ts";
import { recordRead } from "./record_read.ts";

/** Use cases of batches of payment requests. */
export class PaymentRequestBatchService {
  readonly #deps: PaymentRequestDependencies;
  readonly #creation: PaymentRequestCreation;

  constructor(dependencies: PaymentRequestDependencies, creation: PaymentRequestCreation) {
    this.#deps = dependencies;
    this.#creation = creation;
  }

  /** Accepts a batch, in the transaction of the caller. Its items are processed after the commit. */
  async create(
    tx: Transaction,
    items: readonly NewBatchItem[],
    caller: BatchCaller,
  ): Promise<PaymentRequestBatch> {
    const { batches, enqueueBatch, audit, now, newId } = this.#deps;
    const createdAt = now();
    const batch = { id: newId(), createdAt, expiresAt: batchExpiry(createdAt) };
    await batches.insert(tx, { ...batch, items }, caller);
    const kind = { action: "create", resource: "payment_request_batch" } as const;
    // Pipelined: the statements take one round trip.
    await Promise.all([
      enqueueBatch(tx, batch.id, caller.metadata.traceparent),
      audit?.changed(tx, [{ ...kind, actor: actorOf(caller.scope), ids: [batch.id] }]),
    ]);
    const failed = BigInt(items.filter((item) => "refusal" in item).length);
    return { ...batch, total: BigInt(items.length), created: 0n, failed };
  }

  /** @throws {DomainError} "payment-request-batch-not-found". */
  async get(key: ResourceKey, options: ReadOptions = {}): Promise<PaymentRequestBatch> {
    const { connections, batches, now } = this.#deps;
    const batch = await batches.find(connections.reader(options), { ...key, now: now() }, options);
    if (batch === undefined) throw new PaymentError("payment-request-batch-not-found");
    return recordRead(this.#deps, batch, {
      ...{ scope: key.scope, resource: "payment_request_batch", ids: [batch.id] },
    });
  }

  /** Returns items of a batch, in order. @throws {DomainError} "payment-request-batch-not-found". */
  async listItems(
    request: ListRequest<BatchItemFilter, bigint>,
    options: ReadOptions = {},
  ): Promise<Page<PaymentRequestBatchItem>> {
    await this.get({ id: request.filter.batchId, scope: request.scope }, options);
    return await this.#deps.batches.listItems(this.#deps.connections.reader(options), request, options);
  }

  /**
   * Processes the pending items of a batch. Each is one transaction, which creates the request and records that, or
   * records the refusal: after an interruption the rest is processed, and nothing twice.
   */
  async process(batchId: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { connections, batches } = this.#deps;
    const caller = await batches.findCaller(connections.writer(), batchId);
    if (caller === undefined) return;
    const processNext = async (tx: Transaction): Promise<boolean> => {
      const item = await batches.lockPending(tx, batchId);
      if (item === undefined) return false;
      const refusal = await this.#attempt(tx, item, caller);
      await batches.settle(tx, { batchId, place: item.place, refusal }, { last: true });
      return true;
    };
    while (await connections.withTx(processNext, { signal, repeatable: true }));
  }

  /** Deletes batches that are gone, and returns their number. Their requests remain. */
  deleteGone(): Promise<number> {
    const { connections, batches, now } = this.#deps;
    return batches.deleteGone(connections.writer(), now());
  }

  async #attempt(
    tx: Transaction,
    { requestId: id, terms }: PendingItem,
    { scope, metadata }: BatchCaller,
  ): Promise<ItemRefusal | undefined> {
    try {
      await this.#creation.ensure(tx, terms, { id, scope, metadata });
      return undefined;
    } catch (error) {
      if (error instanceof DomainError) return { code: error.code, fieldErrors: error.fieldErrors };
      throw error;
    }
  }
}
