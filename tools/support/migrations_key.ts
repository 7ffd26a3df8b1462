import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { MigrationSource } from "@archway/db/db.ts";
import { checksum } from "@archway/db/postgres/migration/migration_file.ts";

/** Migration runner of the program, which has a table of its own. */
const program: MigrationSource = {
  name: "program",
  directory: dirname(fileURLToPath(import.meta.resolve("@archway/db/postgres/migration/migrate.ts"))),
};

/** Returns a key that changes with migration files, their sources and the runner. */
export function migrationsKey(sources: readonly MigrationSource[]): string {
  const files = [program, ...sources].flatMap(({ name, directory }) =>
    [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile).map((file) => ({
      source: name,
      file: file.name,
      text: Deno.readTextFileSync(`${directory}/${file.name}`),
    }))
  );
  files.sort((one, other) => one.file < other.file ? -1 : 1);
  return checksum(JSON.stringify(files)).slice(0, 16);
}
