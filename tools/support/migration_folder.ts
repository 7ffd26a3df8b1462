import type { MigrationSource } from "@archway/db/db.ts";

/** A folder of migrations that exists for one test. */
export interface MigrationFolder extends AsyncDisposable {
  readonly path: string;
  /** It as the one source there is, named "test". */
  readonly sources: readonly MigrationSource[];
  /** Writes a file. */
  write(name: string, text: string): Promise<void>;
}

/** Makes a folder with these files, by name. */
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
