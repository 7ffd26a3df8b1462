import type { Broker } from "@archway/events/broker/broker.ts";
import type { Config } from "@archway/config/config.ts";
import type { NatsConfig } from "@archway/config/nats_config.ts";
import type { Logger } from "@archway/server/logger.ts";
import { outgoingPayments } from "@archway/payment_service/outgoing_payments.ts";
import { SealRing } from "@archway/service_kit/signing/seal_ring.ts";
import type { Telemetry } from "@archway/observability/telemetry/telemetry.ts";
import { EventWorker } from "@archway/events/worker/event_worker.ts";
import type { Database } from "./open_database.ts";

/** What a worker is opened with. */
export interface OpenEventWorkerOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** What the secrets of webhooks are sealed by. */
export function webhookSecrets({ hmacSecrets }: Pick<Database, "hmacSecrets">): SealRing {
  return new SealRing(hmacSecrets, "webhook secret");
}

/** Makes what sends events out; it begins when it is told to. */
export async function openEventWorker(
  { worker: config, drainTimeoutMs }: Config,
  { database, logger, telemetry }: OpenEventWorkerOptions,
): Promise<EventWorker> {
  const worker = new EventWorker({
    pool: database.pool,
    config,
    secrets: webhookSecrets(database),
    broker: config.nats && await openBroker(config.nats),
    logger,
    observer: telemetry.work,
    ...outgoingPayments(),
    graceMs: drainTimeoutMs,
  });
  telemetry.watchQueues(() => worker.readings());
  return worker;
}

/** Loaded when it is asked for: most programs have no broker. */
async function openBroker(config: NatsConfig): Promise<Broker> {
  const { NatsBroker } = await import("@archway/events/broker/nats_broker.ts");
  return new NatsBroker(config);
}
