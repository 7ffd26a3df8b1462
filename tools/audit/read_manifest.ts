import { join } from "node:path";
import type { LockedPackage } from "./lock_file.ts";
import { runDeno } from "./run_deno.ts";

/** Where Deno keeps npm packages: below it a folder for each registry. */
export async function npmCache(): Promise<string> {
  const { code, stdout } = await runDeno(["info", "--json"], { cwd: "." });
  const { npmCache }: { readonly npmCache?: string } = code === 0 ? JSON.parse(stdout) : {};
  if (npmCache === undefined) throw new Error("Deno does not tell where it keeps packages");
  return npmCache;
}

/** The package.json of a package, parsed; undefined: it was not downloaded. */
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
