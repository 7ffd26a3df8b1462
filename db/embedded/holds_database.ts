import { join } from "node:path";

/** Whether the embedded database has ever been started with this directory: starting it would make one. */
export async function holdsDatabase(dataDirectory: string): Promise<boolean> {
  try {
    return (await Deno.stat(join(dataDirectory, "cluster", "PG_VERSION"))).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
