import type { Transaction } from "@archway/db/db.ts";

/** A value of JSON as the database returns it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** A JSON value that events store. Whole numbers beyond 2^53 are texts. */
export type EventValue = null | boolean | number | string | readonly EventValue[] | EventData;

/** Data of an event, by name. */
export interface EventData {
  readonly [name: string]: EventValue | undefined;
}

/** An event before it is stored. */
export interface NewEvent {
  /** Past tense, such as "order.placed". */
  readonly type: string;
  /** Version of the schema of its data, from 1. */
  readonly schemaVersion: number;
  readonly data: EventData;
}

/** Converts the data of an event from one schema version to the next. */
export type Upcast = (data: EventData) => EventData;

/**
 * Schema versions of events: by type, the conversions from version 1 to 2, from 2 to 3 and so on. A type with a single
 * version has an empty list; a type that is absent is unknown.
 */
export type Upcasters = Readonly<Record<string, readonly Upcast[]>>;

/** A stored event on its way to the recipients, its data in the newest schema version. */
export interface PublishedEvent extends NewEvent {
  /** Position among all events. */
  readonly position: bigint;
}

/** Owner whom an event concerns. */
export interface Recipient {
  readonly position: bigint;
  /** Subject; null: resources without an owner. */
  readonly owner: string | null;
}

/** Events that a service publishes to webhooks and the message broker. */
export interface EventCatalog {
  /** Every type of event that the service stores, with its schema versions. */
  readonly types: Upcasters;
  /**
   * Data of an event as the service's OpenAPI document describes it, member by member.
   *
   * @throws {Error} when the data is not of its type: the event then waits for a program that knows it.
   */
  toJson(event: NewEvent): JsonObject;
  /** Owners whom the events concern: their webhooks receive them, and no others. */
  recipients(tx: Transaction, events: readonly PublishedEvent[]): Promise<readonly Recipient[]>;
}
