import { dirname } from "node:path";

/** The folder for temporary files, short enough for a Unix socket's path on Linux. */
export function temporaryDirectory(): string {
  return Deno.env.get("TMPDIR")?.replace(/\/+$/, "") || "/tmp";
}

/**
 * Makes a directory exactly once, however many processes ask for it: `make` fills a directory beside, which is
 * renamed when it is complete.
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
    // Another process was faster: its directory is as good as this one.
    if (!await exists(directory)) throw error;
  }
}

/** Whether there is a file or directory of the path. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
