import { join } from "node:path";

/** Folders of package managers, in addition to PATH. Some programs of Debian are only in the PATH of root. */
const FOLDERS = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** Returns the path of the first installed of equivalent programs; undefined if none is. */
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
