import { join } from "node:path";

/** Where package managers put programs, beside the PATH. Debian has some where only root looks. */
const FOLDERS = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** Where the first of some programs is that are equally good; undefined: none is installed. */
export async function locateProgram(...names: readonly string[]): Promise<string | undefined> {
  const path = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  for (const folder of [...path, ...FOLDERS]) {
    for (const name of names) {
      const program = join(folder, name);
      if (await Deno.stat(program).then(({ isFile }) => isFile, () => false)) return program;
    }
  }
  return undefined;
}
