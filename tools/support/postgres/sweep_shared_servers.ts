import { dirname, join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { isAlive } from "../is_alive.ts";
import { memoryFolderOf } from "./memory_folder.ts";
import { runAs } from "./run_as.ts";

/**
 * Stops servers whose process has ended together with its watcher. `prefix` is the path of all shared servers'
 * directories without the process id.
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
  // The file contains the directory, so a reused process id is not mistaken for this server's.
  if (dataDirectory !== join(root, "data")) return;
  if (isAlive(Number(pid))) Deno.kill(Number(pid), "SIGQUIT");
  await Deno.remove(root, { recursive: true }).catch(() => undefined);
  await runAs(undefined, "rm", ["-rf", memoryFolderOf(root)]);
}
