import { join } from "node:path";

/** Where the NATS server's program is; undefined: it is not installed. Debian has it where only root looks. */
export async function locateNats(): Promise<string | undefined> {
  const path = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  for (const folder of [...path, "/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]) {
    const program = join(folder, "nats-server");
    if (await Deno.stat(program).then(({ isFile }) => isFile, () => false)) return program;
  }
  return undefined;
}
