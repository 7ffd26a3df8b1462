import { join } from "node:path";

/** Whether the directory contains an embedded database. Does not create one, as starting it would. */
export async function holdsDatabase(dataDirectory: string): Promise<boolean> {
  try {
    return (await Deno.stat(join(dataDirectory, "cluster", "PG_VERSION"))).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
