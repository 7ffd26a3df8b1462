import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { EditedText } from "./edit_text.ts";
import { fieldEdits, fieldMigration, type NewField } from "./field_edits.ts";
import { FileTransaction } from "./file_transaction.ts";
import { filesBelow, migrationVersions } from "./find_clashes.ts";
import { newVersion, runProjectTasks, withInterrupts } from "./project_tasks.ts";
import { NewError } from "./usage_error.ts";
import { CHANGED } from "./write_service.ts";

/**
 * Adds an optional field to a service that `deno task new service` wrote, or only lists the files.
 *
 * @throws {NewError} if the field exists, the files have another form, or a task fails; then nothing was written.
 */
export async function writeField(
  root: string,
  options: NewField & { readonly isDryRun: boolean },
): Promise<void> {
  const { names: { folder, plural }, field, isDryRun } = options;
  const version = newVersion(await migrationVersions(root));
  const edited: EditedText[] = [];
  for (const [path, edit] of fieldEdits(options)) {
    const file = new EditedText(path, await readText(root, path));
    if (new RegExp(`\\breadonly ${field.name.camel}: `).test(file.text)) {
      throw new NewError(`${path} has a property ${field.name.camel} already`);
    }
    edit(file);
    edited.push(file);
  }
  const migration = `${folder}/migrations/${version}_add_${field.name.snake}_to_${plural.snake}.sql`;
  const generated = [`api/${plural.snake}api`, `api/clients/typescript/${plural.snake}`];
  if (!isDryRun) {
    await withInterrupts(async () => {
      await using transaction = new FileTransaction(root);
      for (const path of [...CHANGED, `${folder}/schema.sql`]) await transaction.willChange(path);
      for (const below of generated) {
        for await (const path of filesBelow(root, below)) await transaction.willChange(path);
      }
      for (const { path, text } of edited) await transaction.change(path, text);
      await transaction.create(migration, fieldMigration(options));
      await runProjectTasks(root, [...edited.map(({ path }) => path), migration]);
      transaction.commit();
    });
  }
  const lines = [...edited.map(({ path }) => path), ...generated, `${folder}/schema.sql`].map((path) =>
    `  ${path}\n`
  );
  await print(
    Deno.stdout,
    `${isDryRun ? "Would change" : "Changed"}:\n${lines.join("")}${
      isDryRun ? "Would write" : "Wrote"
    }:\n  ${migration}

Next: deno task check && deno task test ${folder}/
`,
  );
}

async function readText(root: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(join(root, path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new NewError(
      `${path} does not exist: expected the name of a service that deno task new service wrote, such as orders, with ` +
        "the same --singular",
    );
  }
}
