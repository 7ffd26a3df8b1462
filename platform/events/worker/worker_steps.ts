import { v7 as newId } from "uuid";
import { QueueLoads, type ReadLoad } from "@archway/queue/queue_loads.ts";
import type { WorkerContext, WorkerStep } from "@archway/queue/worker.ts";
import { BrokerDestination } from "../broker/broker_destination.ts";
import { Publisher } from "../broker/publisher.ts";
import { messageId } from "../outbox/message_id.ts";
import type { UnpublishableEvent } from "../outbox/message_queue.ts";
import { Relay } from "../outbox/relay.ts";
import { StreamQueue } from "../outbox/stream_queue.ts";
import { attemptDelivery } from "../webhooks/delivery/attempt_delivery.ts";
import { DeliveryQueue } from "../webhooks/delivery/delivery_queue.ts";
import { Dispatcher } from "../webhooks/delivery/dispatcher.ts";
import { pendingLoad } from "../webhooks/delivery/pending_load.ts";
import { Sweeper } from "../webhooks/delivery/sweeper.ts";
import { WebhookDestination } from "../webhooks/delivery/webhook_destination.ts";
import type { EventWorkerOptions } from "./event_worker_options.ts";

/** Dependencies that the steps share. */
export interface WorkerDependencies extends WorkerContext {
  readonly loads: QueueLoads;
  /** Called when a loop skips an event that it cannot publish. */
  readonly unpublishable: (loop: string, unpublishable: UnpublishableEvent) => void;
}

/** Delay in which events are batched, in milliseconds. */
const LINGER_MS = 10;

const SWEEP_MS = 60_000;
const GAUGE_MS = 5_000;

/** Margin by which a lease exceeds the timeout of an attempt, in milliseconds, for the statements around it. */
const LEASE_MARGIN_MS = 10_000;

/** Fraction of the attempt timeout from which a receiver counts as slow. */
const SLOW_PART = 0.1;

/** Returns the steps of a worker's loops, by name. */
export function workerSteps(
  options: EventWorkerOptions,
  dependencies: WorkerDependencies,
): ReadonlyMap<string, WorkerStep> {
  const {
    pool: database,
    config,
    secrets,
    broker,
    observer,
    toJson,
    findRecipients,
    cipher,
    nowMs = Date.now,
  } = options;
  const { loads, wake, unpublishable } = dependencies;
  const webhooks = new WebhookDestination({
    findRecipients,
    nowMs,
    newId,
    onDeliveries: () => wake("webhooks"),
  });
  const destinations = broker === undefined
    ? [webhooks]
    : [webhooks, new BrokerDestination(() => wake("broker"))];
  const relay = new Relay({
    ...{ database, observer, destinations, toJson, cipher },
    onUnpublishable: (event) => unpublishable("relay", event),
  });
  const dispatcher = webhookDispatcher(options, dependencies);
  const { retentionMs } = config.webhooks;
  const onDiscarded = (count: number): void => {
    for (let index = 0; index < count; index++) observer.settled("dead");
  };
  const sweeper = new Sweeper({ database, secrets, nowMs, retentionMs, onDiscarded });
  const steps = new Map<string, WorkerStep>([
    ["relay", { step: () => relay.step(), lingerMs: LINGER_MS }],
    ["webhooks", { step: (context) => dispatcher.step(context) }],
    ["sweeper", { step: () => sweeper.step(), pollMs: SWEEP_MS }],
    ["gauge", { step: () => loads.step(), pollMs: GAUGE_MS }],
  ]);
  if (broker !== undefined) {
    const publisher = new Publisher({
      ...{ database, observer, broker, toJson, cipher },
      onUnpublishable: (event) => unpublishable("broker", event),
    });
    steps.set("broker", { step: () => publisher.step() });
  }
  return steps;
}

function webhookDispatcher(
  options: EventWorkerOptions,
  { tasks, wake }: WorkerDependencies,
): Dispatcher {
  const { pool: database, config, secrets, observer, logger, toJson, reach } = options;
  const { nowMs = Date.now, random = Math.random, cipher, audit } = options;
  const { allowPrivate, timeoutMs } = config.webhooks;
  const queue = new DeliveryQueue({
    ...{ database, random, nowMs, newId, cipher, audit },
    leaseMs: timeoutMs + LEASE_MARGIN_MS,
  });
  const attemptOptions = {
    allowPrivate,
    timeoutMs,
    secrets,
    nowMs,
    observer,
    toJson,
    ...reach,
  };
  return new Dispatcher({
    queue,
    pool: tasks,
    concurrency: config.concurrency,
    slowMs: timeoutMs * SLOW_PART,
    observer,
    attempt: (_key, delivery, signal) => attemptDelivery(delivery, { ...attemptOptions, signal }),
    onMore: () => wake("webhooks"),
    onDiscardable: () => wake("sweeper"),
    onDisabled: (webhook) =>
      logger.warn("Webhook {webhook} disabled: its receiver responded with 410 Gone", { webhook }),
    onDead: ({ id, event }, { failure, status }) =>
      logger.warn("Giving up delivery {delivery} of event {event}: {failure}", {
        delivery: id,
        event: messageId(event),
        failure,
        ...(status !== undefined && { status }),
      }),
  });
}

/** Returns the loads of all queues of a worker. */
export function queueLoads({ pool, broker, nowMs = Date.now }: EventWorkerOptions): QueueLoads {
  const queues = new Map<string, ReadLoad>([
    ["outbox", (db) => new StreamQueue("outbox").load(db)],
    ["webhooks", pendingLoad],
  ]);
  if (broker !== undefined) queues.set("broker", (db) => new StreamQueue("broker_messages").load(db));
  return new QueueLoads(pool, queues, { nowMs });
}
