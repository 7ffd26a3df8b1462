import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportDefinition } from "@archway/service_kit/export_definition.ts";
import type { Manifest, ManifestColumn } from "./manifest.ts";

/**
 * Returns the columns of a data set after an export: those of earlier files, and new ones. Files without a column stand
 * for nulls in it.
 *
 * @throws {CommandError} if a column has another type than in earlier files.
 */
export function mergeColumns(
  { name: dataSet, columns }: ExportDefinition,
  before: Pick<Manifest, "columns">,
): readonly ManifestColumn[] {
  const merged = new Map(before.columns.map((column) => [column.name, column]));
  for (const [name, { type }] of Object.entries(columns)) {
    const known = merged.get(name)?.type ?? type;
    if (known !== type) {
      throw new CommandError(
        `The column ${name} of ${dataSet} is of the type ${type} and was ${known}; export all with --full`,
      );
    }
    merged.set(name, { name, type });
  }
  return [...merged.values()];
}
