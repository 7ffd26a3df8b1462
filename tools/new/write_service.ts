import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { FileTransaction } from "./file_transaction.ts";
import { migrationVersions, refuseClashes } from "./find_clashes.ts";
import type { Field } from "./field.ts";
import { findParent, type Parent, parentProperty } from "./find_parent.ts";
import { spellingsOf } from "./names.ts";
import type { NewService } from "./new_service.ts";
import { NewError } from "./usage_error.ts";
import type { NewServiceOptions } from "./new_arguments.ts";
import { exampleText } from "./templates/module.ts";
import { registerService } from "./register_service.ts";
import { serviceFiles } from "./service_files.ts";
import { CHANGED, newVersion, runProjectTasks, withInterrupts } from "./project_tasks.ts";

/**
 * Writes a service into the project below a root, or only lists its files.
 *
 * @throws {NewError} if something of the service exists, or a task fails; then nothing was written.
 */
export async function writeService(root: string, options: NewServiceOptions): Promise<void> {
  const { names, isDryRun } = options;
  const { plural, folder } = names;
  await refuseClashes(root, names);
  const version = newVersion(await migrationVersions(root));
  const parent = options.owner === undefined ? undefined : await findParent(root, options.owner);
  const service: NewService = { ...options, fields: withParent(options.fields, parent), parent, version };
  const files = serviceFiles(service);
  const services = registerService(await Deno.readTextFile(join(root, "services.ts")), {
    module: `${plural.camel}Module`,
    folder,
  });
  const generated = [
    `api/${plural.snake}api/`,
    `api/clients/typescript/${plural.snake}/`,
    `${folder}/schema.sql`,
  ];
  if (isDryRun) {
    const lines = [...files].map(([path, text]) => `  ${path} (${text.split("\n").length - 1} lines)\n`);
    const tasks = generated.map((path) => `  ${path} (generated)\n`).join("");
    await print(Deno.stdout, `Would write:\n${lines.join("")}${tasks}  services.ts (changed)\n`);
    return;
  }
  await withInterrupts(async () => {
    await using transaction = new FileTransaction(root);
    for (const path of [folder, ...generated.slice(0, 2)]) transaction.willCreate(path);
    for (const path of CHANGED) await transaction.willChange(path);
    for (const [path, text] of files) await transaction.create(path, text);
    if (parent !== undefined) await nameInImportMap(transaction, parent);
    const register = (path: string): Promise<void> => transaction.change(path, services);
    await runProjectTasks(root, [...files.keys()], { register });
    transaction.commit();
  });
  const body = exampleText(service);
  const written = [...files.keys(), ...generated].map((path) => `  ${path}\n`).join("");
  await print(
    Deno.stdout,
    `Wrote:\n${written}  services.ts (changed)

Next:
  deno task check
  deno task test ${folder}/
  deno task dev
  curl -i http://127.0.0.1:8080${names.path} -H 'Content-Type: application/json' -d '${body}'
`,
  );
}

/** Adds the field with the id of the parent. */
function withParent(fields: readonly Field[], parent: Parent | undefined): readonly Field[] {
  if (parent === undefined) return fields;
  const property = parentProperty(parent);
  if (fields.some(({ name }) => name.camel === property)) {
    throw new NewError(`--owner adds the field ${property}: leave out --field ${property}`);
  }
  return [...fields, { name: spellingsOf(property), type: { kind: "uuid" }, isOptional: false }];
}

/** Lets tests import the service of a parent by its name. */
async function nameInImportMap(transaction: FileTransaction, { folder }: Parent): Promise<void> {
  const text = await transaction.willChange("deno.json");
  const entry = `"@archway/${folder}/": "./${folder}/",`;
  if (text.includes(entry)) return;
  await transaction.change(
    "deno.json",
    text.replace(/^ {4}"@archway\/program\/"/m, (line) => `    ${entry}\n${line}`),
  );
}
