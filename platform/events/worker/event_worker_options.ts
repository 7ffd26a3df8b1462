import type { Broker } from "../broker/broker.ts";
import type { EventsConfig } from "../events_config.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { ToJson } from "../outbox/message.ts";
import type { ServiceDependencies } from "@archway/service_kit/service_module.ts";
import type { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import type { AttemptOptions } from "../webhooks/delivery/attempt_delivery.ts";
import type { FindRecipients } from "../webhooks/delivery/find_recipients.ts";
import type { WorkObserver } from "./work_observer.ts";

/** What sends events out. */
export interface EventWorkerOptions {
  readonly pool: ConnectionPool;
  readonly config: EventsConfig;
  /** What opens the secrets that sign. */
  readonly secrets: EncryptionKeyRing;
  /** Undefined: events are published nowhere. It is the worker's, who ends it. */
  readonly broker: Broker | undefined;
  readonly logger: ServiceDependencies["logger"];
  readonly observer: WorkObserver;
  /** How long what is under way may take to end, in milliseconds. */
  readonly graceMs: number;
  /** How events are told to outsiders. */
  readonly toJson: ToJson;
  /** Whom they concern: their endpoints are told of them. */
  readonly findRecipients: FindRecipients;
  /** The time now, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: () => number;
  /** From 0 to 1: where in its bounds a pause lies. @default Math.random */
  readonly random?: () => number;
  /** How webhooks are reached, for tests. */
  readonly reach?: Pick<AttemptOptions, "resolve" | "ca">;
}
