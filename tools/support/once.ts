import { dirname } from "node:path";
import { exists } from "./exists.ts";

/** Returns the folder for temporary files. It is short enough for a Unix socket on Linux. */
export function temporaryDirectory(): string {
  return Deno.env.get("TMPDIR")?.replace(/\/+$/, "") || "/tmp";
}

/**
 * Creates a directory exactly once, even for concurrent processes. `make` fills a temporary directory, which is renamed
 * when it is complete.
 */
export async function once(directory: string, make: (directory: string) => Promise<void>): Promise<void> {
  if (await exists(directory)) return;
  await Deno.mkdir(dirname(directory), { recursive: true, mode: 0o755 });
  const beside = `${directory}.${crypto.randomUUID()}`;
  try {
    await make(beside);
    await Deno.rename(beside, directory);
  } catch (error) {
    await Deno.remove(beside, { recursive: true }).catch(() => undefined);
    // Another process was faster: its directory is equivalent.
    if (!await exists(directory)) throw error;
  }
}
