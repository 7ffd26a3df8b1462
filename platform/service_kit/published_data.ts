import type { EventValue, JsonObject, JsonValue, NewEvent } from "./event_catalog.ts";

/**
 * Returns the data of an event that is published, so that other stored data stays internal.
 *
 * @param properties Names of the published properties by type of event.
 * @throws {Error} if the type is unknown, or a property is missing.
 */
export function publishedData(
  { type, data }: NewEvent,
  properties: Readonly<Record<string, readonly string[]>>,
): JsonObject {
  const names = Object.hasOwn(properties, type) ? properties[type] : undefined;
  if (names === undefined) throw new Error(`No properties of the event ${type} are published`);
  return Object.fromEntries(names.map((name) => {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (value === undefined) throw new Error(`The data of ${type} has no property ${name}`);
    return [name, toJson(value)];
  }));
}

function toJson(value: EventValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(toJson);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => member === undefined ? [] : [[name, toJson(member)]]),
  );
}

function isList(value: EventValue): value is readonly EventValue[] {
  return Array.isArray(value);
}
