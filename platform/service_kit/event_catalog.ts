import type { Transaction } from "@archway/db/db.ts";

/** JSON value as the database returns it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** JSON value inside an event. Integers beyond 2^53 are strings. */
export type EventValue = null | boolean | number | string | readonly EventValue[] | EventData;

/** Data of an event, by member name. */
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
 * Upcasters by event type: conversions from version 1 to 2, from 2 to 3 and so on. A type with a single version has an
 * empty list; an absent type is unknown.
 */
export type Upcasters = Readonly<Record<string, readonly Upcast[]>>;

/** A stored event to be published, with its data in the newest schema version. */
export interface PublishedEvent extends NewEvent {
  /** Position among all events. */
  readonly position: bigint;
}

/** Owner affected by an event. */
export interface Recipient {
  readonly position: bigint;
  /** Subject, or null for resources without an owner. */
  readonly owner: string | null;
}

/** Personal fields of an event, and those whom they are about. */
export interface PersonalFields {
  /** Names of members of its data. */
  readonly fields: readonly string[];
  /**
   * Ids of the persons. The erasure of any of them erases the fields. A document can be one of them: persons whom its text
   * turns out to concern after the event erase it by `keysOf` of their service.
   */
  readonly subjects: readonly string[];
  /** Subject that the event creates: its key takes no further round trip. @default none */
  readonly created?: string | undefined;
}

/** Returns the personal fields of an event in its newest schema version, those of the same subjects together. */
export type PersonalFieldsOf = (event: NewEvent) => readonly PersonalFields[];

/** Events that a service publishes to webhooks and the message broker. */
export interface EventCatalog {
  /** Every type of event that the service stores, with its schema versions. */
  readonly types: Upcasters;
  /**
   * Personal fields, which exports leave out, and which are stored encrypted if a service of the program offers a cipher.
   *
   * @default none
   */
  readonly personal?: PersonalFieldsOf;
  /**
   * Returns the data of an event in the form that the service's OpenAPI document describes.
   *
   * @throws {Error} if the data does not match its type. Publishing then stops at the event until a newer release can
   * read it.
   */
  toJson(event: NewEvent): JsonObject;
  /** Returns the owners affected by the events. Only their webhooks receive them. */
  recipients(tx: Transaction, events: readonly PublishedEvent[]): Promise<readonly Recipient[]>;
}
