import type { ConnectionPool } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { AuditTrail } from "@archway/service_kit/audit_trail.ts";
import type { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { newSigningSecret } from "../delivery/signing_secret.ts";
import type { ResolveOptions } from "../delivery/target/resolve_target.ts";
import { WebhookService } from "./app.ts";
import { checkWebhookUrl } from "./check_webhook_url.ts";
import { WebhookTester } from "./webhook_tester.ts";
import { PostgresWebhookRepository } from "./persistence/webhook_repository.ts";

/** Options of the use cases of webhooks. */
export interface OpenWebhookServiceOptions extends Pick<ResolveOptions, "allowPrivate" | "resolve"> {
  /** Encrypts signing secrets. */
  readonly secrets: EncryptionKeyRing;
  /** Types of events that the services of this program publish. */
  readonly eventTypes: readonly string[];
  /** Returns the current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
  /** Called when a delivery is due. Must not throw. @default does nothing */
  readonly onDue?: () => void;
  /** Records changes of webhooks. @default none */
  readonly audit?: AuditTrail | undefined;
}

/** Returns the use cases of webhooks on a database. */
export function openWebhookService(
  pool: ConnectionPool,
  { secrets, eventTypes, now, newId, audit, onDue = (): void => {}, ...rules }: OpenWebhookServiceOptions,
): WebhookService {
  const tester = new WebhookTester({ ...{ secrets, now, newId, nowMs: Date.now }, ...rules });
  return new WebhookService({
    connections: pool,
    webhooks: new PostgresWebhookRepository(),
    secrets: { make: newSigningSecret, encrypt: (secret, webhookId) => secrets.encrypt(secret, webhookId) },
    checkUrl: checkWebhookUrl(rules),
    sendTest: (endpoint, options) => tester.send(endpoint, options),
    eventTypes,
    now,
    newId,
    audit,
    onDue,
  });
}
