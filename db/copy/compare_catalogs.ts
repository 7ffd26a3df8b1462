import { CopyError } from "./copy_error.ts";
import type { CopiedColumn, DatabaseCatalog } from "./database_catalog.ts";

/** Maximum number of differences in a message. */
const NAMED = 5;

/**
 * Checks that the target has every object of the source. Additional objects are ignored.
 *
 * @throws {CopyError} naming the missing objects.
 */
export function refuseDifferences(source: DatabaseCatalog, target: DatabaseCatalog): void {
  const there = new Set(describe(target));
  // Constraints that are not validated are dropped during the copy and re-created at its end.
  const constraints = source.constraints.filter(({ validated, enforced }) => validated || !enforced);
  const lacking = [...describe({ ...source, constraints })].filter((thing) => !there.has(thing));
  if (lacking.length === 0) return;
  const more = lacking.length > NAMED ? ` and ${lacking.length - NAMED} more` : "";
  throw new CopyError(
    `The migrations did not create these objects of the embedded database in the target: ${
      lacking.slice(0, NAMED).join(", ")
    }${more}`,
  );
}

/** Describes every object that both sides must have; equal objects have equal descriptions. */
function* describe(catalog: DatabaseCatalog): Iterable<string> {
  for (const { name, columns, key } of catalog.tables) {
    yield `table ${name}`;
    for (const column of columns) yield `column ${name}.${typed(column)}`;
    if (key.length > 0) yield `primary key (${key.map(typed).join(", ")}) of ${name}`;
  }
  for (const name of catalog.sequences) yield `sequence ${name}`;
  for (const { table, name } of catalog.constraints) yield `constraint ${name} of ${table}`;
  for (const { table, name } of catalog.triggers) yield `trigger ${name} of ${table}`;
  for (const name of catalog.materializedViews) yield `materialized view ${name}`;
}

function typed({ name, type }: CopiedColumn): string {
  return `${name} ${type}`;
}
