import type { ExportDefinition } from "@archway/service_kit/export_definition.ts";
import type { ExportOptions, ExportSummary } from "./export_options.ts";
import { exportStream } from "./export_stream.ts";
import { exportTable } from "./export_table.ts";

/** Exports what has changed of a data set since its last export. */
export function exportDataSet(definition: ExportDefinition, options: ExportOptions): Promise<ExportSummary> {
  return definition.kind === "stream" ? exportStream(definition, options) : exportTable(definition, options);
}
