import { v7 as newId } from "uuid";
import type { Config } from "@archway/config/config.ts";
import { ConsistencyTokens } from "@archway/service_kit/consistency/consistency_tokens.ts";
import { CONSISTENCY_TOKEN } from "@archway/service_kit/consistency/read_after.ts";
import { PostgresIdempotency } from "@archway/service_kit/idempotency/postgres_idempotency.ts";
import { PageCursors } from "@archway/service_kit/paging/page_cursors.ts";
import { NUMBER, TIME_AND_ID } from "@archway/service_kit/paging/pivot_format.ts";
import { paymentApi } from "@archway/payment_service/api.ts";
import { openPaymentService } from "@archway/payment_service/open_payment_service.ts";
import { openWebhookService } from "@archway/payment_service/webhooks/open_webhook_service.ts";
import { withPaymentApi } from "@archway/payment_service/with_payment_api.ts";
import { ProfileAPI } from "@archway/profile_service/api.ts";
import { ProfileService } from "@archway/profile_service/app.ts";
import { CursorCodec } from "@archway/profile_service/cursor.ts";
import { PostgresProfileRepository } from "@archway/profile_service/persistence.ts";
import { withProfileApi } from "@archway/profile_service/with_profile_api.ts";
import type { Logger } from "@archway/server/logger.ts";
import { type ServerOption, withIdempotency } from "@archway/server/server_options.ts";
import { KeyRing } from "@archway/service_kit/signing/key_ring.ts";
import { microsecondClock, type Timestamp } from "@archway/db/timestamp.ts";
import type { Database } from "@archway/program/open_database.ts";
import { webhookSecrets } from "@archway/program/open_event_worker.ts";

/** What the services are built on. */
export interface ApiParts {
  readonly database: Pick<Database, "pool" | "hmacSecrets">;
  readonly logger: Logger;
  /**
   * The time now, with microseconds.
   *
   * @default microsecondClock()
   */
  readonly now?: () => Timestamp;
  /** Called when a webhook is to be told something at once. */
  readonly onDeliveryDue?: () => void;
}

/** What of the configuration the services are built by. */
export interface ApiSettings extends Pick<Config, "cursorTtlSeconds" | "idempotencyTtlMs"> {
  /** Whether webhooks may be inside a private network or on this machine, and without TLS. */
  readonly allowPrivateWebhooks: boolean;
}

/** Builds every service over the database, and gives what mounts their APIs. */
export function mountApis(
  { cursorTtlSeconds, idempotencyTtlMs, allowPrivateWebhooks }: ApiSettings,
  { database, logger, now = microsecondClock(), onDeliveryDue }: ApiParts,
): readonly ServerOption[] {
  const { pool, hmacSecrets } = database;
  const cursorOptions = (purpose: string): { keys: KeyRing; ttlSeconds: number; nowMs: () => number } => ({
    keys: new KeyRing(hmacSecrets, purpose),
    ttlSeconds: cursorTtlSeconds,
    nowMs: Date.now,
  });
  const tokens = new ConsistencyTokens({
    keys: new KeyRing(hmacSecrets, "consistency token"),
    position: (options) => pool.position(options),
    onUnissued: (reason) => logger.warn("Answering a write without Consistency-Token: {reason}", { reason }),
  });
  const idempotency = new PostgresIdempotency({
    pool,
    ttlMs: idempotencyTtlMs,
    now,
    fresh: async (options): Promise<Record<string, string>> => {
      const token = await tokens.issue(options);
      return token === undefined ? {} : { [CONSISTENCY_TOKEN]: token };
    },
  });
  const profiles = new ProfileService({
    connections: pool,
    profiles: new PostgresProfileRepository(),
    now,
    newId,
  });
  const payments = paymentApi({
    app: openPaymentService(pool, { now, newId }),
    cursors: new PageCursors({ ...cursorOptions("payment cursor"), pivot: TIME_AND_ID }),
    versionCursors: new PageCursors({ ...cursorOptions("payment history cursor"), pivot: NUMBER }),
    tokens,
    webhooks: openWebhookService(pool, {
      secrets: webhookSecrets(database),
      allowPrivate: allowPrivateWebhooks,
      now,
      newId,
      ...(onDeliveryDue !== undefined && { onDue: onDeliveryDue }),
    }),
  });
  return [
    withIdempotency(idempotency),
    withProfileApi(
      new ProfileAPI(profiles, { cursors: new CursorCodec(cursorOptions("profile cursor")), tokens }),
    ),
    withPaymentApi(payments),
  ];
}
