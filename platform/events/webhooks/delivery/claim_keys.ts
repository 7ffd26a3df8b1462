import type { Querier } from "@archway/db/db.ts";
import type { LeaseQueue } from "@archway/queue/lease_queue.ts";
import type { Capacity } from "./concurrency_limiter.ts";
import type { ClaimedKey, LatencyClass } from "./delivery.ts";

/** A claimed ordering key, with the latency class of its endpoint. */
export interface Claim {
  readonly key: ClaimedKey;
  readonly latency: LatencyClass;
}

// Keys without capacity are filtered out before the limit of 1,000: otherwise a tenant with many keys would hide all
// others. So the first key that is left always fits, and claiming until nothing is returned has found every due key.
// Each tenant gets one key at a time, tenants with the fewest keys in flight (counted by quick or not) first: more
// endpoints, more keys or older keys are no advantage.
const HELD = `in_flight as materialized (
    select * from unnest($4::uuid[], $5::text[], $6::boolean[]) as u (endpoint_id, tenant, quick)
  ), due as materialized (
    select * from (
      select l.endpoint_id, l.stream, l.due_at, w.pace, coalesce(w.owner, w.id::text) as tenant
      from webhook_lanes as l join webhook_endpoints as w on w.id = l.endpoint_id
      where l.due_at <= $1::timestamptz and w.disabled_at is null and (w.throttled_until is null or w.throttled_until <= $1::timestamptz)
    ) as d
    where endpoint_id <> all ($7::uuid[]) and tenant <> all ($8::text[])
      and (pace = 'quick' or ($10 > 0 and tenant <> all ($9::text[])))
      and (pace <> 'slow' or $11 > 0)
    order by due_at limit 1000
  ), firsts as (
    select distinct on (d.tenant) d.*
    from due as d left join lateral (
      select count(*) as keys from in_flight as u where u.endpoint_id = d.endpoint_id
    ) as e on true
    order by d.tenant, e.keys, d.due_at
  ), ranked as (
    select f.endpoint_id, f.stream, f.tenant, f.pace, row_number() over tenants as rank,
      count(*) filter (where f.pace <> 'quick') over tenants as unproven,
      count(*) filter (where f.pace = 'slow') over tenants as slow
    from firsts as f left join lateral (
      select count(*) as keys from in_flight as u where u.tenant = f.tenant and u.quick = (f.pace = 'quick')
    ) as h on true
    window tenants as (order by h.keys, f.due_at, f.tenant)
  ), chosen as materialized (
    select * from ranked
    where (pace = 'quick' or unproven <= $10) and (pace <> 'slow' or slow <= $11)
    order by rank limit $12
  ), held as materialized (
    select l.endpoint_id, l.stream, c.tenant, c.pace
    from webhook_lanes as l join chosen as c on c.endpoint_id = l.endpoint_id and c.stream = l.stream
    where l.due_at <= $1::timestamptz
    for update of l skip locked
  )`;

/** Claims due ordering keys for which there is capacity: possibly not all of them, but at least one if there is one. */
export type ClaimKeys = (db: Querier, capacity: Capacity) => Promise<readonly Claim[]>;

/** Returns the claim of a queue. */
export function claimingKeys(leases: LeaseQueue): ClaimKeys {
  const claim = leases.claiming<{
    readonly endpoint_id: string;
    readonly stream: string;
    readonly tenant: string;
    readonly pace: LatencyClass;
  }>({ held: HELD, returning: "h.endpoint_id, h.stream, h.tenant, h.pace" });
  return async (db, capacity) => {
    const { rows, token: lease } = await claim(db, [
      capacity.inFlight.map(({ endpointId }) => endpointId),
      capacity.inFlight.map(({ tenant }) => tenant),
      capacity.inFlight.map(({ quick }) => quick),
      ...[capacity.fullEndpoints, capacity.fullTenants, capacity.throttledTenants],
      ...[capacity.unproven, capacity.slow, capacity.keys],
    ]);
    return rows.map(({ endpoint_id: endpointId, stream, tenant, pace }) => ({
      key: { endpointId, stream, tenant, lease },
      latency: pace,
    }));
  };
}
