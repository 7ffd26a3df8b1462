import type { Upcasters } from "@archway/service_kit/event_catalog.ts";
import type { Querier } from "@archway/db/db.ts";
import { appendEvents, type AppendOptions } from "./append_events.ts";
import type { StoredEvent, StreamAppend } from "./event.ts";
import {
  countEvents,
  readAllEvents,
  type ReadEventsOptions,
  readStreamEvents,
  readVisibleEvents,
} from "./read_events.ts";
import { upcast } from "./upcast.ts";

/** Which part of the events a store is about. */
export interface EventStoreOptions {
  /**
   * Categories of the service's streams: what stands before the first "-" of their names. Reading all events leaves
   * out those of other services.
   *
   * @default all
   */
  readonly categories?: readonly string[];
}

/**
 * What has happened, in the order it did: streams of events that are appended to and never changed. Every method runs on
 * the querier it is given, so that events are written in the transaction of what follows from them.
 */
export class EventStore {
  readonly #upcasters: Upcasters;
  readonly #categories: readonly string[] | undefined;

  /** @param upcasters Every type of event that the service stores, with the forms its data has had. */
  constructor(upcasters: Upcasters, { categories }: EventStoreOptions = {}) {
    this.#upcasters = upcasters;
    this.#categories = categories;
  }

  /** See {@link appendEvents}. @throws {EventStoreError} "version-conflict". */
  append(tx: Querier, appends: readonly StreamAppend[], options: AppendOptions): Promise<readonly bigint[]> {
    return appendEvents(tx, appends, options);
  }

  /** The events of a stream in their newest form. @throws {EventStoreError} "unknown-event". */
  async readStream(
    db: Querier,
    stream: string,
    options: ReadEventsOptions,
  ): Promise<readonly StoredEvent[]> {
    return (await readStreamEvents(db, stream, options)).map((event) => this.#newest(event));
  }

  /** The events of all streams in their newest form; see {@link readAllEvents}. @throws {EventStoreError} "unknown-event". */
  async readAll(db: Querier, options: ReadEventsOptions): Promise<readonly StoredEvent[]> {
    return (await readAllEvents(db, { ...options, categories: this.#categories })).map((event) =>
      this.#newest(event)
    );
  }

  /** What a transaction sees, in its newest form; see {@link readVisibleEvents}. @throws {EventStoreError} "unknown-event". */
  async readVisible(tx: Querier, options: ReadEventsOptions): Promise<readonly StoredEvent[]> {
    return (await readVisibleEvents(tx, { ...options, categories: this.#categories })).map((event) =>
      this.#newest(event)
    );
  }

  /** Number of the events that {@link EventStore.readAll} reads. */
  count(db: Querier): Promise<bigint> {
    return countEvents(db, this.#categories ?? null);
  }

  #newest(event: StoredEvent): StoredEvent {
    return { ...event, ...upcast(event, this.#upcasters) };
  }
}
