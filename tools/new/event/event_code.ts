import { addImport } from "../add_import.ts";
import { EditedText } from "../edit_text.ts";
import { NewError } from "../usage_error.ts";
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

/** New texts of files that exist, and new files. */
export interface EventCode {
  readonly changed: ReadonlyMap<string, string>;
  readonly created: ReadonlyMap<string, string>;
}

/** Paths of the files of a service's events. */
function eventPaths(
  { folder, resource: { names } }: EventService,
): { readonly catalog: string; readonly events: string; readonly publishing: string } {
  return {
    catalog: `${folder}/events/${names.snake}_catalog.ts`,
    events: `${folder}/events/${names.snake}_events.ts`,
    publishing: `${folder}/events/publishing_${names.snake}_repository.ts`,
  };
}

/**
 * Returns the code of an event: its catalog entry, and for a write of the resource what appends it.
 *
 * @throws {NewError} if the service has a catalog of another form.
 */
export function eventCode(
  service: EventService,
  event: PlannedEvent,
  write: EventWrite | undefined,
): EventCode {
  const { resource, sources } = service;
  const paths = eventPaths(service);
  const changed = new Map<string, string>();
  const created = new Map<string, string>();
  const catalog = sources.get(paths.catalog);
  const properties = [idOf(event.resource), ...event.names, ...event.fields.map(({ name }) => name.camel)];
  const entry = `${JSON.stringify(event.type)}: [${
    properties.map((name) => JSON.stringify(name)).join(", ")
  }],\n`;
  const constant = `${resource.names.snake.toUpperCase()}_CATALOG`;
  const module = new EditedText(resource.module.path, resource.module.text, "Add a service");
  if (catalog !== undefined) {
    const file = new EditedText(paths.catalog, catalog, "Add a service");
    file.insert(/(\bPROPERTIES: [^=]*= \{\n)/, `  ${entry}`);
    file.insert(/(\btypes: \{)/, ` ${JSON.stringify(event.type)}: [],`);
    changed.set(paths.catalog, file.text);
  } else {
    if (/^ {2}events:/m.test(module.text)) {
      throw new NewError(
        `${module.path} has a catalog of another form than ${paths.catalog}; nothing was written. Add the event by hand: ` +
          'docs/publishing-events.md, "Publish events from a service"',
      );
    }
    created.set(paths.catalog, catalogText(service, { event, entry, constant }));
    created.set(paths.events, eventsText(service, constant));
    requireEvents(module, constant);
    module.text = addImport(module.text, constant, `./events/${resource.names.snake}_catalog.ts`);
  }
  if (write !== undefined) appendWith(write, { service, event, module, changed, created });
  if (module.text !== resource.module.text) changed.set(module.path, module.text);
  return { changed, created };
}

function catalogText(
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

function eventsText({ api, resource: { names, type, one } }: EventService, constant: string): string {
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

/** Makes a write of the resource append its event, in one transaction. */
function appendWith(
  write: EventWrite,
  { service, event, module, changed, created }: {
    readonly service: EventService;
    readonly event: PlannedEvent;
    readonly module: EditedText;
    readonly changed: Map<string, string>;
    readonly created: Map<string, string>;
  },
): void {
  const { resource, sources, folder } = service;
  const { publishing } = eventPaths(service);
  const existing = sources.get(publishing);
  const file = new EditedText(publishing, existing ?? publishingText(service), "Add a service");
  file.insert(/(export class \w+ extends [^]*?\n)\}\n/, `\n${overrideText(write, { resource, event })}`);
  if (event.names.length > 0) {
    const specifier = `..${resource.dto.path.slice(folder.length)}`;
    file.text = addImport(file.text, `${resource.names.camel}ToJson`, specifier);
  }
  for (const name of write === "created" ? [] : ["ResourceKey", "WriteCondition"]) {
    const from = name === "ResourceKey" ? "access_scope" : "conditional_writer";
    file.text = addImport(file.text, `type ${name}`, `@archway/service_kit/${from}.ts`);
  }
  const domain = write === "deleted"
    ? []
    : [resource.type, ...(write === "updated" ? [`${resource.type}Input`] : [])];
  const from = /from "\.\/(domain\/\w+\.ts)"/.exec(resource.app.text)?.[1] ?? "";
  for (const name of domain) file.text = addImport(file.text, `type ${name}`, `../${from}`);
  if (existing !== undefined) {
    changed.set(publishing, file.text);
    return;
  }
  created.set(publishing, file.text);
  writeInTransactions(resource, changed);
  const { name } = resource.repository;
  const { type, names } = resource;
  module.insert(
    new RegExp(`()\\bnew ${name}\\(`),
    `new Publishing${type}Repository(new ${type}Events(now), `,
  );
  module.text = module.text.replace(`new ${type}Events(now), new ${name}(`, `new ${type}Events(now), `)
    .replace(new RegExp(`^import \\{ ${name} \\} from .*\\n`, "m"), "");
  module.text = addImport(module.text, `${type}Events`, `./events/${names.snake}_events.ts`);
  module.text = addImport(
    module.text,
    `Publishing${type}Repository`,
    `./events/publishing_${names.snake}_repository.ts`,
  );
  withEventTables(sources, { folder, changed });
}

function publishingText({ folder, resource: { repository, type, names, one } }: EventService): string {
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

function overrideText(
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

/** Makes the use cases write in transactions. */
function writeInTransactions({ app, ports }: EventResource, changed: Map<string, string>): void {
  const uses = new EditedText(app.path, app.text, "Add a service");
  uses.insert(
    /(new ConditionalWriter\(\{\s*resource: "[^"]*",\s*\.\.\.dependencies),?\s*\}\)/,
    ", transactions: dependencies.connections",
  );
  uses.insert(/(await )repository\.insert\(connections\.writer\(\), /, "connections.withTx((tx) => ");
  uses.text = uses.text.replace(
    /(connections\.withTx\(\(tx\) => repository\.insert\()connections\.writer\(\), ([^;]*);/,
    "$1tx, $2);",
  );
  changed.set(app.path, uses.text);
  if (/readonly connections: ConnectionManager;/.test(ports.text)) {
    const text = ports.text.replace(
      "connections: ConnectionManager;",
      "connections: ConnectionManager & TxManager;",
    );
    changed.set(ports.path, addImport(text, "type TxManager", "@archway/db/db.ts"));
  }
}

/** Gives the databases of the service's tests the tables of events. */
function withEventTables(
  sources: ReadonlyMap<string, string>,
  { folder, changed }: { readonly folder: string; readonly changed: Map<string, string> },
): void {
  for (const [path, text] of sources) {
    if (!path.startsWith(`${folder}/testing/`) || !text.includes("migrationSources([")) continue;
    if (text.includes("eventsModule")) continue;
    const added = text.replace("migrationSources([", "migrationSources([eventsModule, ");
    changed.set(path, addImport(added, "eventsModule", "@archway/events/module.ts"));
  }
}

function requireEvents(module: EditedText, constant: string): void {
  const required = /^ {2}requires: \[([^\]]*)\]/m.exec(module.text);
  if (required === null) module.insert(/(^ {2}name: "\w+",\n)/m, '  requires: ["events"],\n');
  else if (!required[1]?.includes('"events"')) module.insert(/(^ {2}requires: \[)/m, '"events", ');
  module.insert(/(^ {2}requires: \[[^\]]*\],\n)/m, `  events: ${constant},\n`);
}
