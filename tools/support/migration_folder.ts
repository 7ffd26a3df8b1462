import type { MigrationSource } from "@archway/db/db.ts";

/** Folder of migrations for one test. */
export interface MigrationFolder extends AsyncDisposable {
  readonly path: string;
  /** The folder as the only source, named "test". */
  readonly sources: readonly MigrationSource[];
  /** Writes a file. */
  write(name: string, text: string): Promise<void>;
}

/** Creates a folder with these files by name. */
export async function migrationFolder(files: Readonly<Record<string, string>>): Promise<MigrationFolder> {
  const path = await Deno.makeTempDir({ prefix: "archway_migrations_" });
  const write = (name: string, text: string): Promise<void> => Deno.writeTextFile(`${path}/${name}`, text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    path,
    sources: [{ name: "test", directory: path }],
    write,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
