import type { ConnectionManager } from "@archway/db/db.ts";
import { ENCRYPTION_KEY_ID_BYTES, type EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import type { StepOutcome } from "../../worker/work_loop.ts";

/** What a sweeper works with. */
export interface SweeperOptions {
  readonly database: ConnectionManager;
  readonly secrets: EncryptionKeyRing;
  /** The time now, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** How long a delivery is kept after it was made or given up, in milliseconds. */
  readonly retentionMs: number;
}

/** How far the clocks of two processes may be apart, in milliseconds, before one of them counts as set back. */
const MAX_SKEW_MS = 60_000;

const BATCH = 1_000;

const FORGET = `delete from webhook_deliveries where state <> 'pending' and id in (
    select id from webhook_deliveries where state <> 'pending' and settled_at < $1::timestamptz
    order by settled_at limit ${BATCH}
  )`;

const REPAIR = `update webhook_lanes as l set due_at = $1, scheduled_at = $1, lease = null
  from (
    select endpoint_id, stream from webhook_lanes where scheduled_at > $2::timestamptz
    limit ${BATCH} for update skip locked
  ) as ahead
  where l.endpoint_id = ahead.endpoint_id and l.stream = ahead.stream`;

const STALE_SECRETS = `select id, sealed_secret from webhook_endpoints
  where substring(sealed_secret from 1 for ${ENCRYPTION_KEY_ID_BYTES}) <> $1 and id > $2 order by id limit 100`;

const STORE_SECRET = `update webhook_endpoints set sealed_secret = $3 where id = $1 and sealed_secret = $2`;

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** Clears up behind deliveries, now and then. */
export class Sweeper {
  readonly #options: SweeperOptions;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** Clears up some of what there is. */
  async step(): Promise<StepOutcome> {
    const [forgotten, repaired] = [await this.forget(), await this.repair()];
    await this.reencryptSecrets();
    return forgotten === BATCH || repaired === BATCH ? "more" : "idle";
  }

  /** Deletes deliveries that ended long ago; gives how many. */
  async forget(): Promise<number> {
    const { database, retentionMs } = this.#options;
    const { rowCount } = await database.writer().query(FORGET, [this.#time(-retentionMs)]);
    return rowCount;
  }

  /**
   * Makes lanes due whose time was set by a clock that has been set back since: they would wait as much longer. Gives how
   * many.
   */
  async repair(): Promise<number> {
    const times = [this.#time(), this.#time(MAX_SKEW_MS)];
    const { rowCount } = await this.#options.database.writer().query(REPAIR, times);
    return rowCount;
  }

  /** Seals with the newest secret what an older one sealed, so that the older one can be taken away; gives how many. */
  async reencryptSecrets(): Promise<number> {
    const { database, secrets } = this.#options;
    let renewed = 0;
    for (let after = FIRST_ID;;) {
      const { rows } = await database.writer().query<{ id: string; sealed_secret: Uint8Array }>(
        STALE_SECRETS,
        [secrets.currentKeyId, after],
      );
      const last = rows.at(-1);
      if (last === undefined) return renewed;
      for (const { id, sealed_secret: sealed } of rows) {
        const secret = secrets.decrypt(sealed, id);
        // One that cannot be read is told of by its deliveries.
        if (secret === undefined) continue;
        const parameters = [id, sealed, secrets.encrypt(secret, id)];
        renewed += (await database.writer().query(STORE_SECRET, parameters)).rowCount;
      }
      after = last.id;
    }
  }

  #time(laterMs = 0): string {
    return new Date(this.#options.nowMs() + laterMs).toISOString();
  }
}
