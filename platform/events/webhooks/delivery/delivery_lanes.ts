import type { ConnectionManager, Querier, Transaction, TxManager } from "@archway/db/db.ts";
import { EVENT_COLUMNS, eventOfRow, type EventRow } from "../../outbox/outgoing_event.ts";
import { type ClaimedLane, claimLanes } from "./claim_lanes.ts";
import type { AttemptResult, Lane, Pace, PendingDelivery } from "./delivery.ts";
import type { Room } from "./places.ts";
import { retryDelayMs } from "./retry_delay.ts";

/** What lanes are kept with. */
export interface DeliveryLanesOptions {
  readonly database: ConnectionManager & TxManager;
  /** The time now, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** A new UUIDv7. */
  readonly newId: () => string;
  /** From 0 to 1. */
  readonly random: () => number;
  /** How long a lane is held for one attempt, in milliseconds: longer than any takes. */
  readonly leaseMs: number;
}

/** What became of a delivery, and what comes next. */
export interface Settlement {
  readonly state: "delivered" | "dead" | "pending";
  /** What the lane goes on with, held for another attempt; undefined: nothing for now. */
  readonly next: PendingDelivery | undefined;
}

const HOLD = `select 1 from webhook_lanes where endpoint_id = $1 and stream = $2 and lease = $3 for update`;

const NEXT = `select d.id, d.attempts, d.retry_requested, w.url, w.sealed_secret, ${EVENT_COLUMNS}
  from webhook_deliveries as d
  join webhook_endpoints as w on w.id = d.endpoint_id
  join events as e on e.position = d.position
  where d.endpoint_id = $1 and d.stream = $2 and d.state = 'pending'
  order by d.position limit 1`;

// What somebody asked for meanwhile is neither given up nor counted by an attempt that had begun before and failed; the
// mark stays until the next one begins.
const NOTE = `update webhook_deliveries as d
  set state = n.state, attempts = case when n.asked then 0 else d.attempts + 1 end, retry_requested = n.asked,
    last_status = $3, last_error = $4, attempted_at = $5,
    settled_at = case when n.state = 'pending' then null else $5::timestamptz end
  from (
    select id, retry_requested and $2 <> 'delivered' as asked,
      case when retry_requested and $2 = 'dead' then 'pending' else $2 end as state
    from webhook_deliveries where id = $1
  ) as n
  where d.id = n.id
  returning n.state`;

const BEGIN = `update webhook_deliveries set retry_requested = false where id = $1 and retry_requested`;

const NOTE_PACE = `update webhook_endpoints set pace = $2 where id = $1 and pace <> $2`;

const RENEW =
  `update webhook_lanes set due_at = $4, scheduled_at = $3 where endpoint_id = $1 and stream = $2`;
const RELEASE = `update webhook_lanes set due_at = $4, scheduled_at = $3, lease = null
  where endpoint_id = $1 and stream = $2`;
const REMOVE = `delete from webhook_lanes where endpoint_id = $1 and stream = $2`;
const GIVE_BACK = `update webhook_lanes set due_at = $4, scheduled_at = $4, lease = null
  where endpoint_id = $1 and stream = $2 and lease = $3`;

/**
 * Keeps the lanes and their deliveries. Whoever works on a lane holds it for so long that nobody else begins meanwhile;
 * if the program ends, the lane is due again when that time has passed, and what nobody noted is delivered again.
 */
export class DeliveryLanes {
  readonly #options: DeliveryLanesOptions;

  constructor(options: DeliveryLanesOptions) {
    this.#options = options;
  }

  /** Takes hold of lanes that are due, as far as there is room for them. */
  async claim(room: Room): Promise<readonly ClaimedLane[]> {
    const { database, newId, leaseMs } = this.#options;
    const [now, until] = [this.#time(), this.#time(leaseMs)];
    return await claimLanes(database.writer(), { room, now, until, lease: newId() });
  }

  /** Notes for everybody how quick an endpoint is. */
  async notePace(endpointId: string, pace: Pace): Promise<void> {
    // By itself: whoever changes an endpoint holds that first and then its lanes, and would wait for who does the opposite.
    await this.#options.database.writer().query(NOTE_PACE, [endpointId, pace]);
  }

  /** What a lane begins with; undefined: there is nothing to do in it. */
  async first({ endpointId, stream }: Lane): Promise<PendingDelivery | undefined> {
    const db = this.#options.database.writer();
    const found = await next(db, [endpointId, stream]);
    if (found?.asked) await db.query(BEGIN, [found.delivery.id]);
    return found?.delivery;
  }

  /** Notes how an attempt ended. Undefined: somebody else holds the lane by now, or it is gone; nothing was noted. */
  async settle(
    lane: Lane,
    { id, attempts }: PendingDelivery,
    { fault, status }: AttemptResult,
  ): Promise<Settlement | undefined> {
    const delayMs = fault && retryDelayMs(attempts + 1, this.#options.random());
    const planned = fault === undefined ? "delivered" : delayMs === undefined ? "dead" : "pending";
    return await this.#held(lane, async (tx, key) => {
      const now = this.#time();
      const parameters = [id, planned, status ?? null, fault ?? null, now];
      const { rows: [noted] } = await tx.query<Pick<Settlement, "state">>(NOTE, parameters);
      const state = noted?.state ?? planned;
      // It waits for its time, unless somebody asked for it meanwhile, or for one before it.
      if (delayMs !== undefined && !(await next(tx, key))?.asked) {
        await tx.query(RELEASE, [...key, now, this.#time(delayMs)]);
        return { state, next: undefined };
      }
      return { state, next: await this.#goOn(tx, key) };
    });
  }

  /** Ends work on a lane that had nothing to do, unless something has come meanwhile. */
  async leave(lane: Lane): Promise<void> {
    await this.#held(lane, async (tx, key) => {
      if (await this.#goOn(tx, key) !== undefined) {
        await tx.query(RELEASE, [...key, this.#time(), this.#time()]);
      }
      return undefined;
    });
  }

  /** Gives a lane back as it was: whoever comes next goes on with it at once. */
  async giveBack({ endpointId, stream, lease }: Lane): Promise<void> {
    await this.#options.database.writer().query(GIVE_BACK, [endpointId, stream, lease, this.#time()]);
  }

  /** What comes next, the lane held for it; where nothing does, the lane is gone. */
  async #goOn(tx: Transaction, key: LaneKey): Promise<PendingDelivery | undefined> {
    const found = await next(tx, key);
    if (found === undefined) await tx.query(REMOVE, [...key]);
    else await tx.query(RENEW, [...key, this.#time(), this.#time(this.#options.leaseMs)]);
    if (found?.asked) await tx.query(BEGIN, [found.delivery.id]);
    return found?.delivery;
  }

  async #held<T>(
    { endpointId, stream, lease }: Lane,
    run: (tx: Transaction, key: LaneKey) => Promise<T>,
  ): Promise<T | undefined> {
    return await this.#options.database.withTx(async (tx) => {
      const { rowCount } = await tx.query(HOLD, [endpointId, stream, lease]);
      return rowCount === 0 ? undefined : await run(tx, [endpointId, stream]);
    }, { repeatable: true });
  }

  /** The time now and so many milliseconds, for the database. */
  #time(laterMs = 0): string {
    return new Date(this.#options.nowMs() + laterMs).toISOString();
  }
}

type LaneKey = readonly [endpointId: string, stream: string];

/** The first delivery of a lane that is pending, and whether somebody asked for it since its last attempt began. */
async function next(
  db: Querier,
  key: LaneKey,
): Promise<{ readonly delivery: PendingDelivery; readonly asked: boolean } | undefined> {
  const { rows: [row] } = await db.query<
    EventRow & {
      readonly id: string;
      readonly attempts: number;
      readonly retry_requested: boolean;
      readonly url: string;
      readonly sealed_secret: Uint8Array;
    }
  >(NEXT, [...key]);
  if (row === undefined) return undefined;
  const { id, attempts, retry_requested: asked, url, sealed_secret: sealedSecret } = row;
  return { delivery: { id, attempts, url, sealedSecret, event: eventOfRow(row) }, asked };
}
