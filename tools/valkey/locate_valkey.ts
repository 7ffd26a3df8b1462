import { join } from "node:path";

/** Where the server's program is, Valkey's or Redis's, which speak the same; undefined: neither is installed. */
export async function locateValkey(): Promise<string | undefined> {
  const path = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  for (const folder of [...path, "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]) {
    for (const name of ["valkey-server", "redis-server"]) {
      const program = join(folder, name);
      if (await Deno.stat(program).then(({ isFile }) => isFile, () => false)) return program;
    }
  }
  return undefined;
}
