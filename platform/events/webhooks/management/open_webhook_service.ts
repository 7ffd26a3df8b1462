import type { ConnectionPool } from "@archway/db/db.ts";
import type { SealRing } from "@archway/service_kit/signing.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { newSigningSecret } from "../delivery/signing_secret.ts";
import type { ResolveOptions } from "../delivery/target/resolve_target.ts";
import { checkWebhookUrl } from "./check_webhook_url.ts";
import { PostgresWebhookRepository } from "./webhook_repository.ts";
import { WebhookService } from "./webhook_service.ts";

/** What the use cases of webhooks are given by whoever builds them. */
export interface OpenWebhookServiceOptions extends Pick<ResolveOptions, "allowPrivate" | "resolve"> {
  /** What seals the secrets that sign. */
  readonly secrets: SealRing;
  /** Types of events that the services of this program publish. */
  readonly eventTypes: readonly string[];
  /** The time now, with microseconds. */
  readonly now: () => Timestamp;
  /** A new UUIDv7. */
  readonly newId: () => string;
  /** There is a delivery that is due. Must not throw. */
  readonly onDue?: () => void;
}

/** The use cases of webhooks over a database. */
export function openWebhookService(
  pool: ConnectionPool,
  { secrets, eventTypes, now, newId, onDue = (): void => {}, ...rules }: OpenWebhookServiceOptions,
): WebhookService {
  return new WebhookService({
    connections: pool,
    webhooks: new PostgresWebhookRepository(),
    secrets: { make: newSigningSecret, seal: (secret, webhookId) => secrets.seal(secret, webhookId) },
    checkUrl: checkWebhookUrl(rules),
    eventTypes,
    now,
    newId,
    onDue,
  });
}
