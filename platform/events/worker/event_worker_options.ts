import type { Broker } from "../broker/broker.ts";
import type { EventsConfig } from "../events_config.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { ToJson } from "../outbox/message.ts";
import type { AuditTrail } from "@archway/service_kit/audit_trail.ts";
import type { PersonalDataCipher } from "@archway/service_kit/personal_data.ts";
import type { ServiceDependencies } from "@archway/service_kit/service_module.ts";
import type { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import type { AttemptOptions } from "../webhooks/delivery/attempt_delivery.ts";
import type { FindRecipients } from "../webhooks/delivery/find_recipients.ts";
import type { WorkObserver } from "./work_observer.ts";

/** Options of an event worker. */
export interface EventWorkerOptions {
  readonly pool: ConnectionPool;
  readonly config: EventsConfig;
  /** Decrypts signing secrets. */
  readonly secrets: EncryptionKeyRing;
  /** Message broker, which the worker disposes of; undefined if there is none. */
  readonly broker: Broker | undefined;
  readonly logger: ServiceDependencies["logger"];
  readonly observer: WorkObserver;
  /** Grace period for running jobs on disposal, in milliseconds. */
  readonly graceMs: number;

  readonly toJson: ToJson;

  readonly findRecipients: FindRecipients;
  /** Decrypts personal fields of events. @default none are encrypted */
  readonly cipher?: PersonalDataCipher | undefined;
  /** Records what is sent to webhooks. @default none */
  readonly audit?: AuditTrail | undefined;
  /** Returns the current time, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: () => number;
  /** Returns a number from 0 to 1, for the jitter of pauses. @default Math.random */
  readonly random?: () => number;
  /** Name resolution and trusted certificates of webhooks, for tests. */
  readonly reach?: Pick<AttemptOptions, "resolve" | "ca">;
}
