import { dirname, join } from "node:path";
import type { MigrationSource } from "@archway/db/db.ts";
import { type SchemaStatement, schemaText } from "./dump_schema.ts";

const HEADER =
  `-- The tables as the migrations beside this file make them, to be read and reviewed; nothing runs it.
-- Written by deno task schema, and checked by the tests.
`;

/** Returns the text of schema.sql for every folder of migrations, by its path: beside the folder, so that it leaves with it. */
export async function schemaFiles(
  statements: readonly SchemaStatement[],
  sources: readonly MigrationSource[],
): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all(sources.map(async ({ directory }) => ({
    file: join(dirname(directory), "schema.sql"),
    migrations: await readAll(directory),
    statements: new Array<SchemaStatement>(),
  })));
  for (const statement of statements) {
    const created = new RegExp(
      String.raw`\bcreate\s(?:[\w ]+\s)?"?${statement.object.replaceAll('"', "")}"?(?!\w)`,
      "i",
    );
    const owner = texts.find(({ migrations }) => created.test(migrations));
    if (owner === undefined) throw new Error(`No migration creates ${statement.object}`);
    owner.statements.push(statement);
  }
  return new Map(texts.map(({ file, statements }) => [file, HEADER + schemaText(statements)]));
}

async function readAll(folder: string): Promise<string> {
  const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();
  return (await Promise.all(names.map((name) => Deno.readTextFile(join(folder, name))))).join("\n");
}
