import type { ExportDefinition } from "@archway/service_kit/export_definition.ts";
import { eventExport } from "./event_export.ts";

/** Data set of all events, with their data as it is published, in the schema version of the time of the export. */
export const ALL_EVENTS_EXPORT: ExportDefinition = eventExport({
  name: "events",
  description: "one row for each event",
  columns: {
    stream: { type: "text", description: "stream, such as payment-0192…" },
    version: { type: "int64", description: "version within the stream, from 1" },
    schema_version: { type: "int32", description: "schema version of the data" },
    data: { type: "json", description: "data as webhooks receive it, with null for personal members" },
  },
  valuesOf: ({ stream, version, schemaVersion, ...event }, catalog) => ({
    ...{ stream, version, schema_version: schemaVersion },
    data: catalog.toJson({ ...event, schemaVersion }),
  }),
});
