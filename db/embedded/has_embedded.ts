import { snapshotFile } from "./unpack_snapshot.ts";

/** Whether this program contains the embedded database. An executable of `compile:server` does not. */
export function hasEmbedded(): boolean {
  if (!Deno.build.standalone) return true;
  try {
    return Deno.statSync(snapshotFile).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
