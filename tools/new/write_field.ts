import { join } from "node:path";
import { EditedText } from "./edit_text.ts";
import { fieldEdits, fieldMigration, type NewField } from "./field_edits.ts";
import { migrationVersions } from "./find_clashes.ts";
import { newVersion } from "./project_tasks.ts";
import { NewError } from "./usage_error.ts";
import { writeChanges } from "./write_changes.ts";

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
  const changed = new Map<string, string>();
  for (const [path, edit] of fieldEdits(options)) {
    const file = new EditedText(path, await readText(root, path));
    if (new RegExp(`\\breadonly ${field.name.camel}: `).test(file.text)) {
      throw new NewError(`${path} has a property ${field.name.camel} already`);
    }
    edit(file);
    changed.set(path, file.text);
  }
  const migration = `${folder}/migrations/${version}_add_${field.name.snake}_to_${plural.snake}.sql`;
  const generated = [`api/${plural.snake}api`, `api/clients/typescript/${plural.snake}`];
  await writeChanges(root, {
    changed,
    created: new Map([[migration, fieldMigration(options)]]),
    generated: [...generated, `${folder}/schema.sql`],
    notes: `Next: deno task check && deno task test ${folder}/\n`,
    isDryRun,
  });
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
