import { join } from "node:path";
import type { LockedPackage } from "./lock_file.ts";
import { runDeno } from "./run_deno.ts";

/**
 * Returns the npm cache of Deno, which has a folder for each registry.
 *
 * @throws {Error} if Deno does not report it.
 */
export async function npmCache(): Promise<string> {
  const { code, stdout } = await runDeno(["info", "--json"], { cwd: "." });
  const { npmCache }: { readonly npmCache?: string } = code === 0 ? JSON.parse(stdout) : {};
  if (npmCache === undefined) throw new Error("deno info --json does not contain npmCache");
  return npmCache;
}

/** Returns the parsed package.json of a package; undefined if it is not downloaded. */
export async function readManifest(
  cache: string,
  { name, version }: Pick<LockedPackage, "name" | "version">,
): Promise<unknown> {
  for await (const { name: registry, isDirectory } of Deno.readDir(cache)) {
    if (!isDirectory) continue;
    try {
      return JSON.parse(await Deno.readTextFile(join(cache, registry, name, version, "package.json")));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
