import { dirname, join, relative } from "node:path";
import type { DeclaredTables } from "../settings/table_declarations.ts";

/** A table of a schema.sql, and its columns. */
interface SchemaTable {
  readonly name: string;
  readonly columns: readonly string[];
}

const CREATE = /^create table "?(\w+)"? \(\n([\s\S]*?)^\);$/gm;

/**
 * Returns a line for every table that its module does not declare, and for every declaration of what does not exist. A
 * table without a declaration might have personal data that no export shows and no erasure erases.
 */
export function undeclaredTables(
  declared: readonly (DeclaredTables & { readonly schema: string })[],
  { settings }: { readonly settings: readonly string[] },
): readonly string[] {
  return declared.flatMap(({ name, tables, schema, directory }) => {
    // Written by deno task schema, which a new service may not have run yet.
    if (schema === "") return [];
    const known = tablesOf(schema);
    const at = `${name} (${directory})`;
    const missing = known.filter((table) => !tables.some((one) => one.table === table.name)).map((table) =>
      `${at}: table ${table.name} is not declared; add it to \`tables\` in module.ts, with the columns that have ` +
      `personal data and how long they are kept (docs/privacy.md)`
    );
    const wrong = tables.flatMap(({ table, personal, retention, erasure }) => {
      const columns = known.find((one) => one.name === table)?.columns;
      if (columns === undefined) {
        return [`${at}: declares table ${table}, which its migrations do not create`];
      }
      const unknown = personal.filter((column) => !columns.includes(column)).map((column) =>
        `${at}: declares column ${column} of ${table}, which does not exist`
      );
      const setting = retention.setting !== undefined && !settings.includes(retention.setting)
        ? [`${at}: the retention of ${table} names ${retention.setting}, which is no setting`]
        : [];
      const silent = personal.length > 0 && erasure === undefined
        ? [`${at}: table ${table} has personal data; say in \`erasure\` what an erasure does with it`]
        : [];
      return [...unknown, ...setting, ...silent];
    });
    return [...missing, ...wrong];
  });
}

/** Reads the schemas of a tree, and returns a line for everything undeclared. */
export async function undeclaredTablesOf(
  root: string,
  declared: readonly DeclaredTables[],
  options: { readonly settings: readonly string[] },
): Promise<readonly string[]> {
  const read = await Promise.all(declared.map(async (one) => ({
    ...one,
    directory: relative(root, one.directory).replaceAll("\\", "/"),
    schema: await Deno.readTextFile(join(dirname(one.directory), "schema.sql")).catch(() => ""),
  })));
  return undeclaredTables(read, options);
}

function tablesOf(schema: string): readonly SchemaTable[] {
  return [...schema.matchAll(CREATE)].map(([, name = "", body = ""]) => ({
    name,
    columns: [...body.matchAll(/^ {2}"?(\w+)"? /gm)].map(([, column = ""]) => column)
      .filter((column) => column !== "constraint"),
  }));
}
