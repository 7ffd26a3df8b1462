import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { EventStore, StoredEvent } from "@archway/events/event_store.ts";
import type { Page, PageRequest } from "@archway/service_kit/page.ts";

/** A page of a stream. */
interface StreamPage {
  readonly stream: string;
  readonly page: PageRequest<bigint>;
  readonly options: QueryOptions | undefined;
  /** Version after which the stream begins for the caller. @default 0 */
  readonly since?: bigint | undefined;
}

/** Reads a page of the events of a stream, oldest first. */
export async function readStreamPage(
  store: EventStore,
  db: Querier,
  { stream, page, options, since }: StreamPage,
): Promise<Page<StoredEvent>> {
  const { after, count } = placesOf(page, since);
  const events = await store.readStream(db, stream, {
    ...(options?.signal !== undefined && { signal: options.signal }),
    after,
    limit: count + 1,
  });
  return {
    items: events.slice(0, count),
    hasNext: events.length > count,
    hasPrevious: after > (since ?? 0n),
  };
}

/**
 * Returns the places of a page. They are consecutive after the first one, so that its neighbours are known without a query.
 *
 * @param since Place before the first one.
 */
export function placesOf(
  { limit, position }: PageRequest<bigint>,
  since = 0n,
): { readonly after: bigint; readonly count: number } {
  if (position === undefined) return { after: since, count: limit };
  const { direction, anchor, inclusive } = position;
  const last = inclusive ? anchor : anchor - 1n;
  if (direction === "after") {
    const after = inclusive ? anchor - 1n : anchor;
    return { after: after > since ? after : since, count: limit };
  }
  // The stream may begin later for the caller than at the time of the cursor.
  if (last <= since) return { after: since, count: 0 };
  const after = last - since > BigInt(limit) ? last - BigInt(limit) : since;
  return { after, count: Number(last - after) };
}
