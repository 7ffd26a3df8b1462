import type { Querier, Transaction } from "@archway/db/db.ts";
import {
  type Lease,
  type LeaseChange,
  LeaseQueue,
  type LeaseQueueOptions,
  type LeaseTable,
} from "@archway/queue/lease_queue.ts";
import { type AuditEntry, type AuditTrail, mentionedIds } from "@archway/service_kit/audit_trail.ts";
import type { PersonalDataCipher } from "@archway/service_kit/personal_data.ts";
import { decryptEvents, EVENT_COLUMNS, eventOfRow, type EventRow } from "../../outbox/outgoing_event.ts";
import { type Claim, claimingKeys, type ClaimKeys } from "./claim_keys.ts";
import type { Capacity } from "./concurrency_limiter.ts";
import {
  type AttemptResult,
  type ClaimedKey,
  type LatencyClass,
  mayHaveArrived,
  type PendingDelivery,
} from "./delivery.ts";
import { ENDPOINT_COLUMNS, endpointOfRow, type EndpointRow } from "./endpoint_row.ts";
import { retryDelayMs } from "./retry_delay.ts";

/** Options of a delivery queue. Its leases last longer than any attempt takes. */
export interface DeliveryQueueOptions extends LeaseQueueOptions {
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
  /** Decrypts personal fields of events. @default none are encrypted */
  readonly cipher?: PersonalDataCipher | undefined;
  /** Records what is sent to webhooks. @default none */
  readonly audit?: AuditTrail | undefined;
}

/** Table of ordering keys, which workers lease. */
export const LANES: LeaseTable = {
  name: "webhook_lanes",
  key: [["endpoint_id", "uuid"], ["stream", "text"]],
};

/** New state of a delivery, and the delivery that follows it. */
export interface Settlement {
  readonly state: "delivered" | "dead" | "pending";
  /** Next delivery of the ordering key, whose lease was renewed; undefined if none is due. */
  readonly next: PendingDelivery | undefined;
  /** Whether the endpoint is disabled: nothing more is sent. */
  readonly isDisabled: boolean;
}

const NEXT = `select d.id, d.attempts, d.retry_requested, ${ENDPOINT_COLUMNS}, ${EVENT_COLUMNS}
  from webhook_deliveries as d
  join webhook_endpoints as w on w.id = d.endpoint_id
  join events as e on e.position = d.position
  where d.endpoint_id = $1 and d.stream = $2 and d.state = 'pending'
  order by d.position limit 1`;

// A retry that was requested during an attempt survives the failure of that attempt: the delivery stays pending, its
// attempts are reset, and retry_requested is set until the next attempt begins. An endpoint that was disabled during an
// attempt gets no other one.
const RECORD_ATTEMPT = `update webhook_deliveries as d
  set state = n.state, attempts = case when n.requested then 0 else d.attempts + 1 end, retry_requested = n.requested,
    last_status = $3, last_error = $4, attempted_at = $5,
    settled_at = case when n.state = 'pending' then null else $5::timestamptz end
  from (
    select d.id, w.disabled_at is not null as disabled, d.retry_requested and $2 <> 'delivered' and w.disabled_at is null as requested,
      case
        when $2 = 'pending' and w.disabled_at is not null then 'dead'
        when $2 = 'dead' and w.disabled_at is null and d.retry_requested then 'pending'
        else $2
      end as state
    from webhook_deliveries as d join webhook_endpoints as w on w.id = d.endpoint_id where d.id = $1
  ) as n
  where d.id = n.id
  returning n.state, n.disabled as "isDisabled"`;

const BEGIN_RETRY = `update webhook_deliveries set retry_requested = false where id = $1 and retry_requested`;

const RECORD_LATENCY_CLASS = `update webhook_endpoints set pace = $2 where id = $1 and pace <> $2`;

const THROTTLE = `update webhook_endpoints set throttled_until = $3, throttled_at = $2
  where id = $1 and (throttled_until is null or throttled_until < $3)`;

const DISABLE = `update webhook_endpoints set disabled_at = $2, version = version + 1
  where id = $1 and disabled_at is null returning true as changed`;

/**
 * Stores ordering keys and their deliveries. A worker leases a key for longer than an attempt takes, so that no other
 * one begins meanwhile. If the worker dies, the key is due again when the lease expires, and a delivery whose result was
 * not recorded is repeated.
 */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions;
  readonly #leases: LeaseQueue;
  readonly #claim: ClaimKeys;
  readonly #renew: (db: Querier, leases: readonly Lease[]) => Promise<unknown>;
  readonly #release: (db: Querier, changes: readonly LeaseChange[]) => Promise<unknown>;
  readonly #remove: (db: Querier, leases: readonly Lease[]) => Promise<unknown>;

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
    this.#leases = new LeaseQueue(LANES, options);
    this.#claim = claimingKeys(this.#leases);
    this.#renew = this.#leases.renewing();
    this.#release = this.#leases.releasing();
    this.#remove = this.#leases.removing();
  }

  /** Leases due ordering keys, as far as there is capacity. */
  async claim(capacity: Capacity): Promise<readonly Claim[]> {
    return await this.#claim(this.#options.database.writer(), capacity);
  }

  /** Stores the latency class of an endpoint for all workers. */
  async recordLatencyClass(endpointId: string, latency: LatencyClass): Promise<void> {
    // Not in the transaction of an attempt: others lock an endpoint before its keys, and the reverse would deadlock.
    await this.#options.database.writer().query(RECORD_LATENCY_CLASS, [endpointId, latency]);
  }

  /** Pauses the deliveries to an endpoint, for all workers. */
  async throttle(endpointId: string, pauseMs: number): Promise<void> {
    // Not in the transaction of an attempt, for the same reason.
    await this.#options.database.writer().query(THROTTLE, [endpointId, this.#time(), this.#time(pauseMs)]);
  }

  /**
   * Disables the endpoint of a key and ends the lease. Its pending deliveries are left to `discardDeliveries`.
   *
   * @returns false if it was disabled or deleted already.
   */
  async disable(key: ClaimedKey): Promise<boolean> {
    // Not in the transaction of an attempt, for the same reason.
    const { database, audit } = this.#options;
    const disable = [DISABLE, [key.endpointId, this.#time()]] as const;
    const entry = { actor: null, action: "update", resource: "webhook", ids: [key.endpointId] } as const;
    const { rowCount } = await database.writer().query(...(audit?.recording(disable, entry) ?? disable));
    await this.release(key);
    return rowCount > 0;
  }

  /** Returns the first pending delivery of a key, or undefined if there is none. */
  async first(key: ClaimedKey): Promise<PendingDelivery | undefined> {
    const db = this.#options.database.writer();
    const found = await next(db, key);
    if (found?.retryRequested) await db.query(BEGIN_RETRY, [found.delivery.id]);
    return await this.#decrypted(db, found?.delivery);
  }

  /**
   * Records the result of an attempt. Returns undefined if the lease was lost: then the audit log alone records that the
   * event was sent.
   */
  async settle(
    key: ClaimedKey,
    delivery: PendingDelivery,
    result: AttemptResult,
  ): Promise<Settlement | undefined> {
    const { database, audit } = this.#options;
    const sent = mayHaveArrived(result) ? sendingOf(key, delivery) : undefined;
    const settlement = await this.#settle(key, { delivery, result, sent });
    if (settlement === undefined && sent !== undefined) await audit?.changed(database.writer(), [sent]);
    return settlement;
  }

  async #settle(
    key: ClaimedKey,
    { delivery: { id, attempts }, result: { failure, status, retryAfterMs = 0 }, sent }: {
      readonly delivery: PendingDelivery;
      readonly result: AttemptResult;
      readonly sent: AuditEntry | undefined;
    },
  ): Promise<Settlement | undefined> {
    const delayMs = failure && failure !== "gone"
      ? retryDelayMs(attempts + 1, this.#options.random())
      : undefined;
    const planned = failure === undefined ? "delivered" : delayMs === undefined ? "dead" : "pending";
    return await this.#leases.withLease(leaseOf(key), async (tx) => {
      const now = this.#time();
      const parameters = [id, planned, status ?? null, failure ?? null, now];
      const record = [RECORD_ATTEMPT, parameters] as const;
      const { rows: [recorded] } = await tx.query<Omit<Settlement, "next">>(
        ...(sent && this.#options.audit?.recording(record, sent) || record),
      );
      const { state, isDisabled } = recorded ?? { state: planned, isDisabled: false };
      // Backs off, unless a retry of this delivery or of an earlier one was requested meanwhile.
      if (delayMs !== undefined && state === "pending" && !(await next(tx, key))?.retryRequested) {
        await this.#release(tx, [{ ...leaseOf(key), delayMs: Math.max(delayMs, retryAfterMs) }]);
        return { state, next: undefined, isDisabled };
      }
      return { state, next: await this.#advance(tx, key), isDisabled };
    });
  }

  /** Ends the work on a key without pending deliveries, unless one was added meanwhile. */
  async complete(key: ClaimedKey): Promise<void> {
    await this.#leases.withLease(leaseOf(key), async (tx) => {
      if (await this.#advance(tx, key) !== undefined) {
        await this.#release(tx, [{ ...leaseOf(key), delayMs: 0 }]);
      }
      return undefined;
    });
  }

  /** Releases a lease: the key is due at once. */
  async release(key: ClaimedKey): Promise<void> {
    await this.#release(this.#options.database.writer(), [{ ...leaseOf(key), delayMs: 0 }]);
  }

  /** Renews the lease and returns the next delivery; removes the key if there is none. */
  async #advance(tx: Transaction, key: ClaimedKey): Promise<PendingDelivery | undefined> {
    const found = await next(tx, key);
    if (found === undefined) await this.#remove(tx, [leaseOf(key)]);
    else await this.#renew(tx, [leaseOf(key)]);
    if (found?.retryRequested) await tx.query(BEGIN_RETRY, [found.delivery.id]);
    return await this.#decrypted(tx, found?.delivery);
  }

  async #decrypted(
    db: Querier,
    delivery: PendingDelivery | undefined,
  ): Promise<PendingDelivery | undefined> {
    if (delivery === undefined) return undefined;
    const [event = delivery.event] = await decryptEvents(db, [delivery.event], this.#options.cipher);
    return { ...delivery, event };
  }

  /** Returns the current time plus a delay, as a parameter of a query. */
  #time(delayMs = 0): string {
    return new Date(this.#options.nowMs() + delayMs).toISOString();
  }
}

/** Returns the entry of the audit log for an attempt: the webhook, and the ids that the event mentions. */
function sendingOf(
  { endpointId, tenant }: ClaimedKey,
  { event: { stream, data } }: PendingDelivery,
): AuditEntry {
  const subject = stream.slice(stream.indexOf("-") + 1);
  const ids = [endpointId, ...mentionedIds([{ id: subject }, data])];
  return {
    // A webhook without an owner was created without authentication.
    actor: tenant === endpointId ? null : tenant,
    ...{ action: "send", resource: "webhook", ids: [...new Set(ids)] },
  };
}

function leaseOf({ endpointId, stream, lease }: ClaimedKey): Lease {
  return { key: [endpointId, stream], token: lease };
}

/** Returns the first pending delivery of a key, and whether a retry was requested since its last attempt began. */
async function next(
  db: Querier,
  { endpointId, stream }: ClaimedKey,
): Promise<{ readonly delivery: PendingDelivery; readonly retryRequested: boolean } | undefined> {
  const { rows: [row] } = await db.query<
    EventRow & EndpointRow & {
      readonly id: string;
      readonly attempts: number;
      readonly retry_requested: boolean;
    }
  >(NEXT, [endpointId, stream]);
  if (row === undefined) return undefined;
  const { id, attempts, retry_requested: retryRequested } = row;
  return {
    delivery: { id, attempts, endpoint: endpointOfRow(row), event: eventOfRow(row) },
    retryRequested,
  };
}
