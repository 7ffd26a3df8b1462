import { exists } from "../support/exists.ts";
import { join } from "node:path";
import type { ServiceNames } from "./names.ts";
import { NewError } from "./usage_error.ts";

/**
 * Reads the project below a root for what a new service cannot have.
 *
 * @throws {NewError} that lists what exists already: files, the path of the API, the table, problem types.
 */
export async function refuseClashes(root: string, names: ServiceNames): Promise<void> {
  const { plural, singular, folder, path } = names;
  const clashes: string[] = [];
  for (
    const file of [
      folder,
      `oapi/${plural.kebab}-api-spec.yaml`,
      `oapi/cfg.server.${plural.snake}.yaml`,
      `api/${plural.snake}api`,
      `api/clients/typescript/${plural.snake}`,
    ]
  ) {
    if (await exists(join(root, file))) clashes.push(`${file} exists`);
  }
  const table = new RegExp(
    String.raw`\bcreate\s+(?:table|view)\s+(?:if\s+not\s+exists\s+)?"?${plural.snake}"?\b(?!_)`,
    "i",
  );
  const route = new RegExp(String.raw`^ {2}["']?${path}["']?:`, "m");
  for await (const file of projectFiles(root)) {
    const isMigration = /(?:^|\/)migrations\/\d+_\w+\.sql$/.test(file);
    const isDocument = /^oapi\/.*\.yaml$/.test(file);
    const isProblems = /_problems\.ts$/.test(file);
    if (!isMigration && !isDocument && !isProblems) continue;
    const text = await Deno.readTextFile(join(root, file));
    if (isMigration && table.test(text)) clashes.push(`${file} creates a table ${plural.snake}`);
    if (isDocument && route.test(text)) clashes.push(`${file} has the path ${path}`);
    if (isProblems && text.includes(`"${singular.kebab}-not-found"`)) {
      clashes.push(`${file} has the problem type ${singular.kebab}-not-found`);
    }
  }
  if (clashes.length === 0) return;
  throw new NewError(
    `A service ${plural.kebab} cannot be added; nothing was written. Choose another name, or remove first:\n` +
      clashes.map((clash) => `  ${clash}\n`).join(""),
  );
}

/** Returns the versions of all migrations of a project. */
export async function migrationVersions(root: string): Promise<ReadonlySet<string>> {
  const versions = new Set<string>();
  for await (const file of projectFiles(root)) {
    const [, version] = /(?:^|\/)migrations\/(\d+)_\w+\.sql$/.exec(file) ?? [];
    if (version !== undefined) versions.add(version);
  }
  return versions;
}

/** Files of the documents, of services and of capabilities. */
export async function* projectFiles(root: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    const isRoom = name.endsWith("_service") || ["oapi", "platform", "db"].includes(name);
    if (isDirectory && isRoom) yield* filesBelow(root, name);
  }
}

/** Yields the paths of the files below a folder, except for test support. */
export async function* filesBelow(root: string, folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${name}`;
    if (!isDirectory) yield path;
    else if (name !== "testing") yield* filesBelow(root, path);
  }
}
