import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { FileTransaction } from "./file_transaction.ts";
import { refuseClashes } from "./find_clashes.ts";
import type { NewServiceOptions } from "./new_arguments.ts";
import { exampleValues } from "./templates/module.ts";
import { registerService } from "./register_service.ts";
import { serviceFiles } from "./service_files.ts";
import { NewError } from "./usage_error.ts";

/** Files that the tasks after the templates change. */
const CHANGED = ["deno.json", ".env.example", "docs/configuration.md"] as const;

/**
 * Writes a service into the project below a root, or only lists its files.
 *
 * @throws {NewError} if something of the service exists, or a task fails; then nothing was written.
 */
export async function writeService(root: string, options: NewServiceOptions): Promise<void> {
  const { names, isDryRun } = options;
  const { plural, folder } = names;
  const version = newVersion(await refuseClashes(root, names));
  const service = { ...options, version };
  const files = serviceFiles(service);
  const services = registerService(await Deno.readTextFile(join(root, "services.ts")), names);
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
  // Ctrl-C ends the task that runs; what was written is then removed.
  const ignore = (): void => undefined;
  Deno.addSignalListener("SIGINT", ignore);
  try {
    await using transaction = new FileTransaction(root);
    for (const path of [folder, ...generated.slice(0, 2)]) transaction.willCreate(path);
    for (const path of CHANGED) await transaction.willChange(path);
    for (const [path, text] of files) await transaction.create(path, text);
    await transaction.change("services.ts", services);
    await run(root, "fmt", "--quiet", "services.ts", ...files.keys());
    for (const task of ["gen", "schema", "settings"]) await run(root, "task", "--quiet", task);
    transaction.commit();
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
  const body = JSON.stringify(exampleValues(service));
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

/** Returns a version of now that no migration has. */
function newVersion(taken: ReadonlySet<string>): string {
  const time = new Date();
  const version = (): string => time.toISOString().replace(/\D/g, "").slice(0, 14);
  while (taken.has(version())) time.setSeconds(time.getSeconds() + 1);
  return version();
}

async function run(root: string, ...args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("deno", { args: [...args], cwd: root }).output();
  if (success) return;
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new NewError(`deno ${args.slice(0, 3).join(" ")} failed; nothing was written:\n${output}`);
}
