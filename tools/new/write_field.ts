import { join } from "node:path";
import { EditedText } from "./edit_text.ts";
import { type ExistingService, findService, refuseDocumentOfOthers } from "./existing_service.ts";
import { fieldEdits, fieldMigrations } from "./field_edits.ts";
import { migrationVersions } from "./find_clashes.ts";
import { type ServiceNames, serviceNames, singularOf } from "./names.ts";
import type { NewFieldOptions } from "./new_arguments.ts";
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
  { service, singular, field, isDryRun }: NewFieldOptions,
): Promise<void> {
  const existing = await findService(root, service);
  refuseDocumentOfOthers(existing, "fields");
  const names = namesOf(existing, singular);
  const { folder, plural } = names;
  const versions = new Set(await migrationVersions(root));
  const changed = new Map<string, string>();
  for (const [path, edit] of fieldEdits({ names, field })) {
    const file = new EditedText(path, await readText(root, path));
    if (new RegExp(`\\breadonly ${field.name.camel}: `).test(file.text)) {
      throw new NewError(`${path} has a property ${field.name.camel} already`);
    }
    edit(file);
    changed.set(path, file.text);
  }
  const created = new Map<string, string>();
  for (const { name, text } of fieldMigrations({ names, field })) {
    const version = newVersion(versions);
    versions.add(version);
    created.set(`${folder}/migrations/${version}_${name}.sql`, text);
  }
  const generated = [`api/${plural.snake}api`, `api/clients/typescript/${plural.snake}`];
  await writeChanges(root, {
    changed,
    created,
    generated: [...generated, `${folder}/schema.sql`],
    tests: `${folder}/`,
    isDryRun,
  });
}

/** @throws {NewError} for a service that is not named by the plural of a resource. */
function namesOf({ folder, sources }: ExistingService, singular: string | undefined): ServiceNames {
  const plural = folder.replace(/_service$/, "").replaceAll("_", "-");
  const app = sources.get(`${folder}/app.ts`) ?? "";
  const [, resource] = /new ConditionalWriter\(\{\s*resource: "([\w-]+)"/.exec(app) ?? [];
  const one = singular ?? resource ?? singularOf(plural);
  if (one !== undefined && one !== plural) return serviceNames(plural, one);
  throw new NewError(
    `${folder} has another form than the services of deno task new service; nothing was written. Add the field by hand: ` +
      'docs/extending.md, "Add a field"',
  );
}

async function readText(root: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(join(root, path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new NewError(
      `${path} does not exist: expected a service that deno task new service wrote, with the same --singular; ` +
        'by hand: docs/extending.md, "Add a field"',
    );
  }
}
