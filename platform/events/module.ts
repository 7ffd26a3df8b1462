import { join } from "node:path";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { DeveloperParts } from "@archway/service_kit/developer_view.ts";
import {
  type BackgroundWork,
  defineService,
  type MountedService,
  type ServiceDependencies,
} from "@archway/service_kit/service_module.ts";
import { timeCursors } from "@archway/service_kit/page_cursors.ts";
import { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import type { Broker } from "./broker/broker.ts";
import type { NatsConfig } from "./broker/nats_config.ts";
import { EVENT_TABLES } from "./event_tables.ts";
import { EVENTS_SETTINGS, type EventsConfig, readEventsConfig } from "./events_config.ts";
import { mergeCatalogs } from "./merge_catalogs.ts";
import type { WebhookService } from "./webhooks/management/app.ts";
import { openWebhookService } from "./webhooks/management/open_webhook_service.ts";
import { webhookApi } from "./webhooks/management/http/webhook_api.ts";
import type { EventWorker } from "./worker/event_worker.ts";

/** Service module of events: the outbox, a worker for webhooks and NATS JetStream, and the webhook API. */
export const eventsModule = defineService({
  name: "events",
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  tables: EVENT_TABLES,
  scopes: ["webhooks:read", "webhooks:write"],
  exports: async () => [(await import("./all_events_export.ts")).ALL_EVENTS_EXPORT],
  hasBackground: true,
  settings: EVENTS_SETTINGS,
  configure: readEventsConfig,
  mount: mountEvents,
});

function mountEvents(dependencies: ServiceDependencies, config: EventsConfig): MountedService {
  const catalog = mergeCatalogs(dependencies.catalogs);
  const secrets = new EncryptionKeyRing(dependencies.secrets, "webhook secret");
  let worker: EventWorker | undefined;
  const webhooks = openWebhookService(dependencies.pool, {
    secrets,
    eventTypes: catalog.types,
    allowPrivate: config.webhooks.allowPrivate,
    now: dependencies.now,
    newId: dependencies.newId,
    audit: dependencies.audit,
    onDue: () => worker?.deliveryDue(),
  });
  const cursors = timeCursors("webhook cursor", dependencies);
  return {
    api: webhookApi({ webhooks, cursors, tokens: dependencies.tokens }),
    developer: developerParts({ pool: dependencies.pool, webhooks, secrets }),
    background: {
      inline: config.inline,
      async open(): Promise<BackgroundWork> {
        const { pool, logger, metrics, tracer, cipher, audit, drainTimeoutMs: graceMs } = dependencies;
        // Loaded on demand: the first response does not need them.
        const [{ EventWorker }, { measureQueues }, { observeWork }] = await Promise.all([
          import("./worker/event_worker.ts"),
          import("./metrics/measure_work.ts"),
          import("./metrics/observe_work.ts"),
        ]);
        const { toJson, findRecipients } = catalog;
        const broker = config.nats && await openBroker(config.nats);
        const observer = observeWork(metrics, tracer);
        const opened = new EventWorker({
          ...{
            pool,
            config,
            secrets,
            broker,
            logger,
            observer,
            toJson,
            findRecipients,
            cipher,
            audit,
            graceMs,
          },
        });
        if (metrics !== undefined) measureQueues(metrics, () => opened.readings());
        worker = opened;
        return opened;
      },
    },
  };
}

/** Returns the views of events and webhooks for developers, loaded on demand. */
function developerParts(
  { pool, webhooks, secrets }: {
    readonly pool: ConnectionPool;
    readonly webhooks: WebhookService;
    readonly secrets: EncryptionKeyRing;
  },
): DeveloperParts {
  return {
    views: [
      {
        name: "events",
        title: "Events",
        open: async () => (await import("./developer/events_view.ts")).eventsView(pool),
      },
      {
        name: "webhooks",
        title: "Webhooks",
        open: async () => (await import("./developer/webhooks_view.ts")).webhooksView(webhooks),
      },
    ],
    async verifySignature(message): Promise<boolean | undefined> {
      const { verifySignature } = await import("./webhooks/delivery/verify_signature.ts");
      return await verifySignature(pool.writer(), message, secrets);
    },
  };
}

/** Creates the client of the message broker, loaded on demand, as most programs have no broker. */
async function openBroker(config: NatsConfig): Promise<Broker> {
  const { NatsBroker } = await import("./broker/nats_broker.ts");
  return new NatsBroker(config);
}
