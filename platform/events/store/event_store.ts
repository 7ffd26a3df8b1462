import type { ConnectionManager, ConnectionPool, Querier, QueryParameter } from "@archway/db/db.ts";
import type { NewEvent, PersonalFieldsOf, Upcasters } from "@archway/service_kit/event_catalog.ts";
import type { SettleOptions } from "@archway/service_kit/export_definition.ts";
import type { PersonalDataCipher } from "@archway/service_kit/personal_data.ts";
import { decryptEvents } from "../outbox/outgoing_event.ts";
import { appendEvents, type AppendOptions } from "./append_events.ts";
import { encryptStoredEvents, type EncryptStoredOptions } from "./encrypt_stored_events.ts";
import type { StoredEvent, StreamAppend } from "./event.ts";
import {
  countEvents,
  findStreams,
  readAllEvents,
  type ReadAllOptions,
  type ReadEventsOptions,
  readLastOther,
  readStreamEvents,
  readStreamsEvents,
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
  /** Personal fields of its events, which `encrypt` encrypts. @default none */
  readonly personal?: PersonalFieldsOf | undefined;
  /** Encrypts and decrypts personal fields; without it they are stored in plain text. @default none */
  readonly cipher?: PersonalDataCipher | undefined;
}

/**
 * Append-only streams of events. Every method runs on the querier that is passed to it, so that a service appends events
 * in the transaction of the change itself.
 */
export class EventStore {
  readonly #upcasters: Upcasters;
  readonly #categories: readonly string[] | undefined;
  readonly #personal: PersonalFieldsOf | undefined;
  readonly #cipher: PersonalDataCipher | undefined;

  /** @param upcasters Every type of event that the service stores, with its schema versions. */
  constructor(upcasters: Upcasters, { categories, personal, cipher }: EventStoreOptions = {}) {
    this.#upcasters = upcasters;
    this.#categories = categories;
    this.#personal = personal;
    this.#cipher = cipher;
  }

  /**
   * Returns events with their personal fields encrypted, or dropped if a person was erased. Before `append`, with a lock
   * that an erasure of the persons waits for.
   */
  async encrypt(tx: Querier, events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    return this.#cipher === undefined || this.#personal === undefined
      ? events
      : await this.#cipher.encrypt(tx, events, this.#personal);
  }

  /**
   * Encrypts the personal fields of events that were stored in plain text, those of some streams or of all. Needs the
   * owner of the table, as the database refuses changes of events otherwise.
   *
   * @returns the number of events.
   */
  async encryptStored(
    pool: ConnectionPool,
    options: Omit<EncryptStoredOptions, "types" | "cipher" | "personal"> = {},
  ): Promise<number> {
    if (this.#cipher === undefined || this.#personal === undefined) return 0;
    const types = Object.keys(this.#upcasters);
    return await encryptStoredEvents(pool, {
      ...options,
      types,
      cipher: this.#cipher,
      personal: this.#personal,
    });
  }

  /** See {@link appendEvents}. @throws {EventStoreError} "version-conflict". */
  append(tx: Querier, appends: readonly StreamAppend[], options: AppendOptions): Promise<readonly bigint[]> {
    if (this.#cipher !== undefined) {
      for (const { events } of appends) for (const event of events) this.#refusePlain(event);
    }
    return appendEvents(tx, appends, options);
  }

  /**
   * Appends the events that a query returns, in its order, and does not publish them: for generated data without personal
   * fields. Columns of the query: stream, version, type, data, metadata, recorded_at.
   */
  async appendSelected(
    tx: Querier,
    query: string,
    parameters: readonly QueryParameter[] = [],
  ): Promise<void> {
    await tx.query(
      `insert into events (stream, version, type, data, metadata, recorded_at) ${query}`,
      parameters,
    );
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
    return await this.#newest(db, await readStreamEvents(db, stream, options));
  }

  /** Reads all events of streams in pages, in their newest schema version. @throws {EventStoreError} "unknown-event". */
  async *readStreams(
    db: Querier,
    streams: readonly string[],
    { limit = 1000 }: { /** Maximum number of events of a page. @default 1000 */ readonly limit?: number } =
      {},
  ): AsyncIterable<readonly StoredEvent[]> {
    if (streams.length === 0) return;
    for await (const events of readStreamsEvents(db, streams, { limit })) {
      yield await this.#newest(db, events);
    }
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
    return await this.#newest(db, await readAllEvents(db, { ...options, categories: this.#categories }));
  }

  /**
   * Reads all events visible to a transaction, in their newest schema version; see {@link readVisibleEvents}.
   *
   * @throws {EventStoreError} "unknown-event".
   */
  async readVisible(tx: Querier, options: ReadEventsOptions): Promise<readonly StoredEvent[]> {
    return await this.#newest(tx, await readVisibleEvents(tx, { ...options, categories: this.#categories }));
  }

  /** Returns the streams with an event of some types whose data has a value; see {@link findStreams}. */
  findStreams(db: Querier, search: Parameters<typeof findStreams>[1]): Promise<readonly string[]> {
    return findStreams(db, search);
  }

  /** Returns the version of the last event of a stream that has another value of a member; see {@link readLastOther}. */
  lastOther(db: Querier, stream: string, search: Parameters<typeof readLastOther>[2]): Promise<bigint> {
    return readLastOther(db, stream, search);
  }

  /** Counts the events that {@link EventStore.readAll} reads. */
  count(db: Querier): Promise<bigint> {
    return countEvents(db, this.#categories ?? null);
  }

  async #newest(db: Querier, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const decrypted = await decryptEvents(db, events, this.#cipher);
    return decrypted.map((event) => ({ ...event, ...upcast(event, this.#upcasters) }));
  }

  #refusePlain(event: NewEvent): void {
    const fields = this.#personal?.(event).flatMap((one) => one.fields) ?? [];
    const plain = fields.find((field) => (event.data[field] ?? null) !== null);
    if (plain === undefined) return;
    throw new Error(
      `Event ${event.type} has a personal field in plain text, ${plain}: encrypt() comes first`,
    );
  }
}
