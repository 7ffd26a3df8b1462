import { join } from "node:path";

/** Where PgBouncer's program is; undefined: it is not installed. Debian has it where only root looks. */
export async function locatePgbouncer(): Promise<string | undefined> {
  const path = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  for (const folder of [...path, "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"]) {
    const program = join(folder, "pgbouncer");
    if (await Deno.stat(program).then(({ isFile }) => isFile, () => false)) return program;
  }
  return undefined;
}
