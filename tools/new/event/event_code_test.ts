import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DocumentText } from "../document_text.ts";
import { parseFields } from "../field.ts";
import { serviceNames } from "../names.ts";
import { NewError } from "../usage_error.ts";
import { serviceFiles } from "../service_files.ts";
import { eventCode } from "./event_code.ts";
import { addEvent, type PlannedEvent } from "./event_document.ts";
import { findResource } from "./find_resource.ts";

const FILES = serviceFiles({
  ...{ names: serviceNames("zebras"), fields: parseFields(["name:text"]), isOwned: true, version: "1" },
});
const EVENT = { type: "zebra.created", schema: "Zebra", names: ["name"], fields: [] };

// Formatted where the edits depend on it.
const SOURCES = new Map([...FILES].filter(([path]) => path.endsWith(".ts")));
const SERVICE = { folder: "zebras_service", module: "zebrasModule", documents: [], sources: SOURCES };

Deno.test("eventCode() publishes a write in its transaction, and a second event beside it", () => {
  const resource = findResource(SERVICE);
  assertEquals([resource.type, resource.table, resource.isOwned], ["Zebra", "zebras", true]);
  const event: PlannedEvent = { ...EVENT, resource: resource.names };
  const service = { ...SERVICE, resource, api: "@archway/api/zebrasapi/server.gen.ts" };
  const { changed, created } = eventCode(service, event, "created");
  assertEquals([...created.keys()].map((path) => path.split("/").at(-1)), [
    "zebra_catalog.ts",
    "zebra_events.ts",
    "publishing_zebra_repository.ts",
  ]);
  assertStringIncludes(changed.get("zebras_service/app.ts") ?? "", "transactions: dependencies.connections");
  assertStringIncludes(
    changed.get("zebras_service/module.ts") ?? "",
    "new PublishingZebraRepository(new ZebraEvents(now), )",
  );
  const next = eventCode({ ...service, sources: new Map([...SOURCES, ...changed, ...created]) }, {
    ...event,
    type: "zebra.fed",
    names: [],
    fields: parseFields(["food:text"]),
  }, undefined);
  assertEquals([...next.changed.keys(), ...next.created.keys()], ["zebras_service/events/zebra_catalog.ts"]);
  assertStringIncludes([...next.changed.values()].join(""), '"zebra.fed": ["zebraId", "food"]');
});

Deno.test("addEvent() takes required properties of the resource, and refuses others and events that exist", () => {
  const path = "oapi/zebras-api-spec.yaml";
  const document = new DocumentText(path, FILES.get(path) ?? "");
  const event: PlannedEvent = { ...EVENT, resource: serviceNames("zebras").singular };
  addEvent(document, event);
  assertEquals(document.value("components", "schemas", "ZebraCreatedData", "required"), ["zebraId", "name"]);
  assertThrows(() => addEvent(document, event), NewError, "has an event zebra.created already");
  const unknown = { ...event, type: "zebra.updated", names: ["age"] };
  assertThrows(
    () => addEvent(document, unknown),
    NewError,
    "expected one of: id, name, createdAt, updatedAt",
  );
});

Deno.test("findResource() refuses a service of another shape", () => {
  assertThrows(() => findResource({ ...SERVICE, sources: new Map() }), NewError, "has another shape");
});
