import { dirname, join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/**
 * Ends servers whose process is gone and whose watcher was ended with it. `prefix` is the path that every shared
 * server's directory begins with, up to the number of its process.
 */
export async function sweepSharedServers(prefix: string): Promise<void> {
  for await (const { name } of Deno.readDir(dirname(prefix))) {
    const directory = join(dirname(prefix), name);
    const pid = Number(directory.slice(prefix.length));
    if (!directory.startsWith(prefix) || !Number.isInteger(pid) || isAlive(pid)) continue;
    const text = await Deno.readTextFile(join(directory, "instance.json")).catch(() => "null");
    const instance: InstanceConfig | null = JSON.parse(text);
    if (instance !== null) await end(instance.host);
    await Deno.remove(directory, { recursive: true }).catch(() => undefined);
  }
}

async function end(root: string): Promise<void> {
  const text = await Deno.readTextFile(join(root, "data", "postmaster.pid")).catch(() => "");
  const [pid, dataDirectory] = text.split("\n", 2);
  // The file names its directory: another server's number is never taken for this one's.
  if (dataDirectory !== join(root, "data")) return;
  if (isAlive(Number(pid))) Deno.kill(Number(pid), "SIGQUIT");
  await Deno.remove(root, { recursive: true }).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
