import { join } from "node:path";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Returns the UUID that identifies an embedded database, creating it on the first call. Embedded databases start as
 * copies of the same files, so nothing inside them is unique.
 *
 * @param directory Existing data directory that no other process uses.
 */
export async function sourceId(directory: string): Promise<string> {
  const path = join(directory, "copy_source_id");
  try {
    const stored = (await Deno.readTextFile(path)).trim();
    if (UUID.test(stored)) return stored;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const id = crypto.randomUUID();
  await Deno.writeTextFile(path, `${id}\n`, { mode: 0o600 });
  return id;
}
