import { join } from "node:path";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What tells the embedded database of a folder from others, a UUID: made when it is copied for the first time. Every
 * embedded database begins as the same files, so that nothing inside it does.
 *
 * @param folder An existing folder that no other process uses at the same time.
 */
export async function sourceId(folder: string): Promise<string> {
  const path = join(folder, "copy_source_id");
  try {
    const known = (await Deno.readTextFile(path)).trim();
    if (UUID.test(known)) return known;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const id = crypto.randomUUID();
  await Deno.writeTextFile(path, `${id}\n`, { mode: 0o600 });
  return id;
}
