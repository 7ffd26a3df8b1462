import type { Querier } from "@archway/db/db.ts";
import type { Lane, Pace } from "./delivery.ts";
import type { Room } from "./places.ts";

/** A lane that is held from now on. */
export interface ClaimedLane {
  readonly lane: Lane;
  /** Of its endpoint. */
  readonly pace: Pace;
}

/** How lanes are held. */
export interface ClaimOptions {
  readonly room: Room;
  /** What is due by then is wanted. */
  readonly now: string;
  /** When whoever holds a lane has lost it. */
  readonly until: string;
  /** What tells this holder from the next one. */
  readonly lease: string;
}

// What there is no room for is left out before the thousand that are chosen from: else those who have many lanes would
// hide all others. So the first that is left always has room, and who asks until nothing comes has found everything.
// Every holder has one at a time, and first who has the least under way, of quick endpoints or of others: so nobody gets
// more by having more endpoints, more lanes, or older ones.
const CLAIM = `with under_way as materialized (
    select * from unnest($5::uuid[], $6::text[], $7::boolean[]) as u (endpoint_id, holder, quick)
  ), due as materialized (
    select * from (
      select l.endpoint_id, l.stream, l.due_at, w.pace, coalesce(w.owner, w.id::text) as holder
      from webhook_lanes as l join webhook_endpoints as w on w.id = l.endpoint_id
      where l.due_at <= $1::timestamptz
    ) as d
    where endpoint_id <> all ($8::uuid[]) and holder <> all ($9::text[])
      and (pace = 'quick' or ($3 > 0 and holder <> all ($10::text[])))
      and (pace <> 'slow' or $4 > 0)
    order by due_at limit 1000
  ), firsts as (
    select distinct on (d.holder) d.*
    from due as d left join lateral (
      select count(*) as lanes from under_way as u where u.endpoint_id = d.endpoint_id
    ) as e on true
    order by d.holder, e.lanes, d.due_at
  ), placed as (
    select f.endpoint_id, f.stream, f.holder, f.pace, row_number() over everybody as place,
      count(*) filter (where f.pace <> 'quick') over everybody as unproven,
      count(*) filter (where f.pace = 'slow') over everybody as slow
    from firsts as f left join lateral (
      select count(*) as lanes from under_way as u where u.holder = f.holder and u.quick = (f.pace = 'quick')
    ) as h on true
    window everybody as (order by h.lanes, f.due_at, f.holder)
  ), chosen as materialized (
    select * from placed
    where (pace = 'quick' or unproven <= $3) and (pace <> 'slow' or slow <= $4)
    order by place limit $2
  ), held as materialized (
    select l.endpoint_id, l.stream, c.holder, c.pace
    from webhook_lanes as l join chosen as c on c.endpoint_id = l.endpoint_id and c.stream = l.stream
    where l.due_at <= $1::timestamptz
    for update of l skip locked
  )
  update webhook_lanes as l set due_at = $11, scheduled_at = $1, lease = $12
  from held as h where l.endpoint_id = h.endpoint_id and l.stream = h.stream
  returning h.endpoint_id, h.stream, h.holder, h.pace`;

/** Takes hold of lanes that are due and that there is room for: not of all of them, but of one where there is one. */
export async function claimLanes(
  db: Querier,
  { room, now, until, lease }: ClaimOptions,
): Promise<readonly ClaimedLane[]> {
  const { rows } = await db.query<{
    readonly endpoint_id: string;
    readonly stream: string;
    readonly holder: string;
    readonly pace: Pace;
  }>(CLAIM, [
    ...[now, room.lanes, room.unproven, room.slow],
    room.underWay.map(({ endpointId }) => endpointId),
    room.underWay.map(({ holder }) => holder),
    room.underWay.map(({ quick }) => quick),
    ...[room.fullEndpoints, room.fullHolders, room.strainedHolders],
    ...[until, lease],
  ]);
  return rows.map(({ endpoint_id: endpointId, stream, holder, pace }) => ({
    lane: { endpointId, stream, holder, lease },
    pace,
  }));
}
