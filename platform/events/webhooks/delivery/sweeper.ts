import type { ConnectionManager, TxManager } from "@archway/db/db.ts";
import { ENCRYPTION_KEY_ID_BYTES, type EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { MAX_SKEW_MS, rescheduleSkewed } from "@archway/queue/reschedule_skewed.ts";
import { LANES } from "./delivery_queue.ts";
import { discardDeliveries } from "./discard_deliveries.ts";
import type { StepOutcome } from "@archway/queue/work_loop.ts";

/** Options of a sweeper. */
export interface SweeperOptions {
  readonly database: ConnectionManager & TxManager;
  readonly secrets: EncryptionKeyRing;
  /** Returns the current time, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Retention of settled deliveries, in milliseconds. */
  readonly retentionMs: number;
  /** Called with a number of deliveries that were declared dead. Must not throw. @default does nothing */
  readonly onDiscarded?: (count: number) => void;
}

const BATCH = 1_000;

const PURGE = `delete from webhook_deliveries where state <> 'pending' and id in (
    select id from webhook_deliveries where state <> 'pending' and settled_at < $1::timestamptz
    order by settled_at limit ${BATCH}
  )`;

const END_THROTTLES = `update webhook_endpoints set throttled_until = null, throttled_at = null
  where throttled_at > $1::timestamptz`;

const PURGE_SECRETS = `delete from webhook_previous_secrets where expires_at < $1::timestamptz`;

/** Tables with signing secrets, and their columns of the endpoint's id. */
const SECRETS = [["webhook_endpoints", "id"], ["webhook_previous_secrets", "endpoint_id"]] as const;

type SecretTable = typeof SECRETS[number];

function staleSecrets([table, endpointId]: SecretTable): string {
  return `select id, ${endpointId} as endpoint_id, sealed_secret from ${table}
    where substring(sealed_secret from 1 for ${ENCRYPTION_KEY_ID_BYTES}) <> $1 and id > $2 order by id limit 100`;
}

function storeSecret([table]: SecretTable): string {
  return `update ${table} set sealed_secret = $3 where id = $1 and sealed_secret = $2`;
}

interface StaleSecret {
  readonly id: string;
  readonly endpoint_id: string;
  readonly sealed_secret: Uint8Array;
}

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** Periodic maintenance of deliveries: retention, schedules, disabled endpoints and encryption keys. */
export class Sweeper {
  readonly #options: SweeperOptions;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** Runs every maintenance task on a batch of rows. */
  async step(): Promise<StepOutcome> {
    const [purged, rescheduled] = [await this.purge(), await this.reschedule()];
    await this.#options.database.writer().query(PURGE_SECRETS, [this.#time()]);
    await this.reencryptSecrets();
    const discardsMore = await this.discard();
    return purged === BATCH || rescheduled === BATCH || discardsMore ? "more" : "idle";
  }

  /** Discards deliveries to disabled endpoints. Returns whether there may be more. */
  async discard(): Promise<boolean> {
    const { count, hasMore } = await discardDeliveries(this.#options.database, this.#time());
    if (count > 0) this.#options.onDiscarded?.(count);
    return hasMore;
  }

  /** Deletes deliveries that were settled before the retention period. Returns how many. */
  async purge(): Promise<number> {
    const { database, retentionMs } = this.#options;
    const { rowCount } = await database.writer().query(PURGE, [this.#time(-retentionMs)]);
    return rowCount;
  }

  /**
   * Makes ordering keys due, and ends pauses of endpoints, that were scheduled by a clock that has been set back since, and would be delayed by as
   * much. Returns how many.
   */
  async reschedule(): Promise<number> {
    const { database, nowMs } = this.#options;
    const db = database.writer();
    const rescheduled = await rescheduleSkewed(db, LANES, { nowMs: nowMs(), limit: BATCH });
    await db.query(END_THROTTLES, [this.#time(MAX_SKEW_MS)]);
    return rescheduled;
  }

  /** Encrypts signing secrets under the newest key, so that older keys can be removed. Returns how many. */
  async reencryptSecrets(): Promise<number> {
    let updated = 0;
    for (const table of SECRETS) updated += await this.#reencrypt(table);
    return updated;
  }

  async #reencrypt(table: SecretTable): Promise<number> {
    const { database, secrets } = this.#options;
    let updated = 0;
    for (let after = FIRST_ID;;) {
      const { rows } = await database.writer().query<StaleSecret>(
        staleSecrets(table),
        [secrets.currentKeyId, after],
      );
      const last = rows.at(-1);
      if (last === undefined) return updated;
      for (const { id, endpoint_id: endpointId, sealed_secret: encrypted } of rows) {
        const secret = secrets.decrypt(encrypted, endpointId);
        // A secret that cannot be decrypted is reported by its deliveries.
        if (secret === undefined) continue;
        const parameters = [id, encrypted, secrets.encrypt(secret, endpointId)];
        updated += (await database.writer().query(storeSecret(table), parameters)).rowCount;
      }
      after = last.id;
    }
  }

  #time(laterMs = 0): string {
    return new Date(this.#options.nowMs() + laterMs).toISOString();
  }
}
