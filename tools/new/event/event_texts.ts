import { idOf, type PlannedEvent } from "./event_document.ts";
import type { EventResource } from "./find_resource.ts";

/** Writes of a resource that append an event. */
export type EventWrite = "created" | "updated" | "deleted";

/** Files of a service that exist, the resource of its events, and its generated server. */
export interface EventService {
  readonly folder: string;
  readonly resource: EventResource;
  /** Specifier of the generated server, such as "@archway/api/ordersapi/server.gen.ts". */
  readonly api: string;
  readonly sources: ReadonlyMap<string, string>;
}

/** Returns the file of the catalog, with its first event. */
export function catalogText(
  { resource: { names, type, table, isOwned, one } }: EventService,
  { event, entry, constant }: {
    readonly event: PlannedEvent;
    readonly entry: string;
    readonly constant: string;
  },
): string {
  const id = idOf(names);
  const recipients = isOwned
    ? `  async recipients(tx, events): Promise<readonly Recipient[]> {
    const ids = events.map(({ data }) => String(data["${id}"]));
    return (await tx.query<Recipient>(OWNERS, [events.map(({ position }) => position), ids])).rows;
  },`
    : `  // ${table} have no owner: webhooks without an owner, and the broker, receive all events.
  recipients: (_tx, events) => Promise.resolve(events.map(({ position }) => ({ position, owner: null }))),`;
  const owners = isOwned
    ? `
// Includes deleted ${names.words}s, whose owners still receive events.
const OWNERS = \`select e.position, o.owner from unnest($1::bigint[], $2::text[]) as e (position, id)
  join ${table} as o on o.id = case when pg_input_is_valid(e.id, 'uuid') then e.id::uuid end\`;
`.replace(`${names.words}s`, table.replaceAll("_", " "))
    : "";
  return `import type { EventCatalog${
    isOwned ? ", Recipient" : ""
  } } from "@archway/service_kit/event_catalog.ts";
import { publishedData } from "@archway/service_kit/published_data.ts";
import type { ${type}EventData, ${type}EventType } from "./${names.snake}_events.ts";

/** Properties of the data of each event that are published, as the OpenAPI document describes them under \`webhooks\`. */
const PROPERTIES: { readonly [Type in ${type}EventType]: readonly (keyof ${type}EventData<Type>)[] } = {
  ${entry}};
${owners}
/** Events of ${one} that webhooks and the message broker receive. */
export const ${constant}: EventCatalog = {
  types: { ${JSON.stringify(event.type)}: [] },
  toJson: (stored) => publishedData(stored, PROPERTIES),
${recipients}
};
`;
}

/** Returns the file that appends events to the store. */
export function eventsText({ api, resource: { names, type, one } }: EventService, constant: string): string {
  return `import type { webhooks } from "${api}";
import type { Querier } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { type EventMetadata, EventStore } from "@archway/events/event_store.ts";
import { ${constant} } from "./${names.snake}_catalog.ts";

/** Type of an event of ${one}. */
export type ${type}EventType = keyof webhooks;

/** Data of an event, as the OpenAPI document describes it under \`webhooks\`. */
export type ${type}EventData<Type extends ${type}EventType> =
  webhooks[Type]["post"]["requestBody"]["content"]["application/json"]["data"];

/** An event of ${one}. */
export type ${type}Event = {
  [Type in ${type}EventType]: { readonly type: Type; readonly data: ${type}EventData<Type> };
}[${type}EventType];

/** Appends events of ${one} to its stream and the outbox. */
export class ${type}Events {
  readonly #store = new EventStore(${constant}.types);
  readonly #now: () => Timestamp;

  /** @param now Returns the current time, with microseconds. */
  constructor(now: () => Timestamp) {
    this.#now = now;
  }

  /**
   * Appends an event in the transaction of the write that it is about: the lock of the written row keeps them in
   * order.
   */
  async append(tx: Querier, { type, data }: ${type}Event, metadata: EventMetadata = {}): Promise<void> {
    const events = [{ type, schemaVersion: 1, data: { ...data } }];
    const stream = \`${names.kebab}-\${data.${idOf(names)}}\`;
    await this.#store.appendToEnd(tx, { stream, events }, { metadata, recordedAt: this.#now() });
  }
}
`;
}

/** Returns the file of the repository whose writes append events; it has none yet. */
export function publishingText({ folder, resource: { repository, type, names, one } }: EventService): string {
  return `import type { Querier, QueryOptions } from "@archway/db/db.ts";
import { ${repository.name} } from "..${repository.path.slice(folder.length)}";
import type { ${type}Events } from "./${names.snake}_events.ts";

/** Stores ${one}, and appends an event in the transaction of each write that has one. */
export class Publishing${type}Repository extends ${repository.name} {
  readonly #events: ${type}Events;

  constructor(events: ${type}Events, ...options: ConstructorParameters<typeof ${repository.name}>) {
    super(...options);
    this.#events = events;
  }
}
`;
}

/** Returns the method of that repository that appends an event in the transaction of a write. */
export function overrideText(
  write: EventWrite,
  { resource: { type, names }, event }: { readonly resource: EventResource; readonly event: PlannedEvent },
): string {
  const variable = names.camel;
  const append = (id: string, indent: string): string => {
    const properties = [`${idOf(names)}: ${id}`, ...event.names];
    const read = event.names.length === 0
      ? ""
      : `${indent}const { ${event.names.join(", ")} } = ${variable}ToJson(${variable});\n`;
    return `${read}${indent}await this.#events.append(tx, { type: "${event.type}", data: { ${
      properties.join(", ")
    } } });\n`;
  };
  switch (write) {
    case "created":
      return `  override async insert(
    tx: Querier,
    ${variable}: ${type} & { readonly owner: string | null },
    options?: QueryOptions,
  ): Promise<void> {
    await super.insert(tx, ${variable}, options);
${append(`${variable}.id`, "    ")}  }
`;
    case "updated":
      return `  override async update(
    tx: Querier,
    change: ResourceKey & WriteCondition & { readonly input: ${type}Input },
    options?: QueryOptions,
  ): Promise<${type} | undefined> {
    const ${variable} = await super.update(tx, change, options);
    if (${variable} === undefined) return undefined;
${append(`${variable}.id`, "    ")}    return ${variable};
  }
`;
    case "deleted":
      return `  override async softDelete(
    tx: Querier,
    deletion: ResourceKey & WriteCondition,
    options?: QueryOptions,
  ): Promise<boolean> {
    const isDeleted = await super.softDelete(tx, deletion, options);
    if (!isDeleted) return false;
${append("deletion.id", "    ")}    return true;
  }
`;
  }
}
