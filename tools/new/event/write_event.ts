import { join } from "node:path";
import { DocumentText } from "../document_text.ts";
import {
  type ExistingService,
  findService,
  refuseDocumentOfOthers,
  type ServiceDocument,
} from "../existing_service.ts";
import { filesBelow } from "../find_clashes.ts";
import { NewError } from "../usage_error.ts";
import { scopesOf } from "../operation/document_operations.ts";
import { parseApi } from "../operation/operation_test_text.ts";
import { writeChanges } from "../write_changes.ts";
import type { EventRequest } from "./event_arguments.ts";
import { eventCode } from "./event_code.ts";
import { addEvent, type PlannedEvent } from "./event_document.ts";
import { eventTestText } from "./event_test_text.ts";
import type { EventWrite } from "./event_texts.ts";
import { type EventResource, findResource } from "./find_resource.ts";

/** Arguments of `deno task new event`. */
export interface NewEventOptions extends EventRequest {
  readonly kind: "event";
  /** Name of the service. */
  readonly service: string;
  readonly isDryRun: boolean;
}

const WRITES: readonly EventWrite[] = ["created", "updated", "deleted"];

/**
 * Adds an event to a service: to its document and its catalog, with a test, and to the transaction of the write that it is
 * about; or only lists the files.
 *
 * @throws {NewError} if it exists, the service has another shape, or a task fails; then nothing was written.
 */
export async function writeEvent(root: string, options: NewEventOptions): Promise<void> {
  const service = await findService(root, options.service);
  const services = await Deno.readTextFile(join(root, "services.ts"));
  if (!/\beventsModule\b/.test(services)) {
    throw new NewError(
      "services.ts lists no eventsModule: add it, or publish no events (docs/publishing-events.md)",
    );
  }
  refuseDocumentOfOthers(service, "events");
  const resource = findResource(service);
  const event = planEvent(options, resource);
  const write = WRITES.find((one) => event.type === `${resource.names.kebab}.${one}`);
  checkFields(options, write);
  await refuseOthers(root, event.type);
  const [described, ...more] = service.documents;
  if (described === undefined || more.length > 0) {
    throw new NewError(
      `${service.folder} has ${service.documents.length} documents; expected one, which describes the event`,
    );
  }
  const document = new DocumentText(described.path, await Deno.readTextFile(join(root, described.path)));
  addEvent(document, event);
  const { changed, created } = eventCode(
    { ...service, resource, api: specifierOf(described) },
    event,
    write,
  );
  const file = join(root, described.path);
  const tested: ExistingService = { ...service, sources: new Map([...service.sources, ...changed]) };
  const text = eventTestText({
    ...{ service: tested, resource, event, write, scopes: scopesOf(document) },
    api: await parseApi(document.text, { name: described.path, file }),
  });
  const test = `${service.folder}/events/${event.type.replaceAll(/[.-]/g, "_")}_test.ts`;
  await writeChanges(root, {
    changed: new Map([[described.path, document.text], ...changed]),
    created: new Map([...created, [test, text]]),
    generated: described.generated,
    notes: notesOf(event, { resource, folder: service.folder, write }),
    tests: test,
    isDryRun: options.isDryRun,
  });
}

function planEvent({ name, names, fields }: EventRequest, resource: EventResource): PlannedEvent {
  const type = name.includes(".") ? name : `${resource.names.kebab}.${name}`;
  return { type, resource: resource.names, schema: resource.type, names, fields };
}

/** @throws {NewError} for data that is not there when the event is appended. */
function checkFields({ names, fields }: EventRequest, write: EventWrite | undefined): void {
  const [first] = fields;
  if (write !== undefined && first !== undefined) {
    throw new NewError(
      `The data of a ${write} event is that of the resource: write --field ${first.name.camel}, without a type, for one of ` +
        "its properties",
    );
  }
  if (write === "deleted" && names.length > 0) {
    throw new NewError("A deleted event has the id alone, and takes no --field");
  }
  if (write === undefined && names[0] !== undefined) {
    throw new NewError(
      `--field ${names[0]} needs a type, such as --field '${
        names[0]
      }:text'; only created and updated events have ` +
        "properties of the resource",
    );
  }
}

/** @throws {NewError} if another service publishes the type. */
async function refuseOthers(root: string, type: string): Promise<void> {
  for await (const path of filesBelow(root, "oapi")) {
    if (!path.endsWith(".yaml")) continue;
    const text = await Deno.readTextFile(join(root, path));
    if (new RegExp(String.raw`^ {2}["']?${type.replaceAll(".", "\\.")}["']?:$`, "m").test(text)) {
      throw new NewError(`${path} has an event ${type} already; nothing was written`);
    }
  }
}

function specifierOf({ generated: [server = ""] }: ServiceDocument): string {
  return `@archway/${server}/server.gen.ts`;
}

function notesOf(
  { type }: PlannedEvent,
  { resource, folder, write }: {
    readonly resource: EventResource;
    readonly folder: string;
    readonly write: EventWrite | undefined;
  },
): string {
  const state = write === undefined
    ? `is published when ${resource.type}Events.append() is called in the transaction of its write: ` +
      `${folder}/events/${resource.names.snake}_events.ts`
    : "is appended in the transaction of the write";
  return `${type} ${state}.
`;
}
