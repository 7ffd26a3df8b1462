import type { Upcasters } from "@archway/service_kit/event_catalog.ts";
import type { SettleOptions } from "@archway/service_kit/export_definition.ts";
import type { ConnectionManager, Querier } from "@archway/db/db.ts";
import { appendEvents, type AppendOptions } from "./append_events.ts";
import type { StoredEvent, StreamAppend } from "./event.ts";
import {
  countEvents,
  readAllEvents,
  type ReadAllOptions,
  type ReadEventsOptions,
  readStreamEvents,
  readStreamVersion,
  readVisibleEvents,
} from "./read_events.ts";
import { settledPosition } from "./settled_position.ts";
import { upcast } from "./upcast.ts";

/** Options of an event store. */
export interface EventStoreOptions {
  /**
   * Categories of the service's streams, which are the part of a name before the first "-". Reading all events skips
   * other categories.
   *
   * @default all
   */
  readonly categories?: readonly string[];
}

/**
 * Append-only streams of events. Every method runs on the querier that is passed to it, so that a service appends events
 * in the transaction of the change itself.
 */
export class EventStore {
  readonly #upcasters: Upcasters;
  readonly #categories: readonly string[] | undefined;

  /** @param upcasters Every type of event that the service stores, with its schema versions. */
  constructor(upcasters: Upcasters, { categories }: EventStoreOptions = {}) {
    this.#upcasters = upcasters;
    this.#categories = categories;
  }

  /** See {@link appendEvents}. @throws {EventStoreError} "version-conflict". */
  append(tx: Querier, appends: readonly StreamAppend[], options: AppendOptions): Promise<readonly bigint[]> {
    return appendEvents(tx, appends, options);
  }

  /**
   * Appends events to a stream, after the last one. Two transactions must not do it at the same time, such as by the lock
   * of the row that each has written before.
   *
   * @throws {EventStoreError} "version-conflict" if they do.
   */
  async appendToEnd(
    tx: Querier,
    append: Omit<StreamAppend, "expectedVersion">,
    options: AppendOptions,
  ): Promise<readonly bigint[]> {
    const expectedVersion = await readStreamVersion(tx, append.stream);
    return await this.append(tx, [{ ...append, expectedVersion }], options);
  }

  /** Reads events of a stream, in their newest schema version. @throws {EventStoreError} "unknown-event". */
  async readStream(
    db: Querier,
    stream: string,
    options: ReadEventsOptions,
  ): Promise<readonly StoredEvent[]> {
    return (await readStreamEvents(db, stream, options)).map((event) => this.#newest(event));
  }

  /** Returns the position up to which all events can be read; see {@link settledPosition}. */
  settledPosition(connections: Pick<ConnectionManager, "writer">, options?: SettleOptions): Promise<bigint> {
    return settledPosition(connections, options);
  }

  /**
   * Reads events of all streams, in their newest schema version; see {@link readAllEvents}.
   *
   * @throws {EventStoreError} "unknown-event".
   */
  async readAll(
    db: Querier,
    options: Omit<ReadAllOptions, "categories">,
  ): Promise<readonly StoredEvent[]> {
    return (await readAllEvents(db, { ...options, categories: this.#categories })).map((event) =>
      this.#newest(event)
    );
  }

  /**
   * Reads all events visible to a transaction, in their newest schema version; see {@link readVisibleEvents}.
   *
   * @throws {EventStoreError} "unknown-event".
   */
  async readVisible(tx: Querier, options: ReadEventsOptions): Promise<readonly StoredEvent[]> {
    return (await readVisibleEvents(tx, { ...options, categories: this.#categories })).map((event) =>
      this.#newest(event)
    );
  }

  /** Counts the events that {@link EventStore.readAll} reads. */
  count(db: Querier): Promise<bigint> {
    return countEvents(db, this.#categories ?? null);
  }

  #newest(event: StoredEvent): StoredEvent {
    return { ...event, ...upcast(event, this.#upcasters) };
  }
}
