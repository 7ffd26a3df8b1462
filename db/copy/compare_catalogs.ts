import { CopyError } from "./copy_error.ts";
import type { CopiedColumn, DatabaseCatalog } from "./database_catalog.ts";

/** How many differences a message names. */
const NAMED = 5;

/**
 * Refuses a target that lacks something of the source. What it has besides is left alone.
 *
 * @throws {CopyError} naming what differs.
 */
export function refuseDifferences(source: DatabaseCatalog, target: DatabaseCatalog): void {
  const there = new Set(describe(target));
  // What was never validated is dropped meanwhile, and made again at the end.
  const constraints = source.constraints.filter(({ validated, enforced }) => validated || !enforced);
  const lacking = [...describe({ ...source, constraints })].filter((thing) => !there.has(thing));
  if (lacking.length === 0) return;
  const more = lacking.length > NAMED ? ` and ${lacking.length - NAMED} more` : "";
  throw new CopyError(
    `The migrations do not make in the target what the embedded database has: ${
      lacking.slice(0, NAMED).join(", ")
    }${more}`,
  );
}

/** Everything that has to be on both sides, in words that are equal where it is. */
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
