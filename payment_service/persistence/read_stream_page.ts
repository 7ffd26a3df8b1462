import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { EventStore, StoredEvent } from "@archway/events/event_store.ts";
import type { Page, PageRequest } from "@archway/service_kit/page.ts";

/** A page of a stream. */
interface StreamPage {
  readonly stream: string;
  readonly page: PageRequest<bigint>;
  readonly options: QueryOptions | undefined;
}

/** Reads a page of the events of a stream, oldest first. */
export async function readStreamPage(
  store: EventStore,
  db: Querier,
  { stream, page, options }: StreamPage,
): Promise<Page<StoredEvent>> {
  const { after, count } = placesOf(page);
  const events = await store.readStream(db, stream, {
    ...(options?.signal !== undefined && { signal: options.signal }),
    after,
    limit: count + 1,
  });
  return { items: events.slice(0, count), hasNext: events.length > count, hasPrevious: after > 0n };
}

/** Returns the places of a page. They are consecutive from 1, so that its neighbours are known without a query. */
export function placesOf(
  { limit, position }: PageRequest<bigint>,
): { readonly after: bigint; readonly count: number } {
  if (position === undefined) return { after: 0n, count: limit };
  const { direction, anchor, inclusive } = position;
  if (direction === "after") return { after: inclusive ? anchor - 1n : anchor, count: limit };
  const last = inclusive ? anchor : anchor - 1n;
  const after = last > BigInt(limit) ? last - BigInt(limit) : 0n;
  return { after, count: Number(last - after) };
}
