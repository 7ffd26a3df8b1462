import { addImport } from "../add_import.ts";
import { EditedText } from "../edit_text.ts";
import { NewError } from "../usage_error.ts";
import { idOf, type PlannedEvent } from "./event_document.ts";
import {
  catalogText,
  type EventService,
  eventsText,
  type EventWrite,
  overrideText,
  publishingText,
} from "./event_texts.ts";
import type { EventResource } from "./find_resource.ts";

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
