/** Files that a process needs beside those of its clients. */
const OWN_FILES = 200;

/** Returns the maximum number of files that a process of the bench can open for its clients. */
export async function availableFiles(): Promise<number> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", "ulimit -Hn"], stderr: "null" }).output();
  const limit = new TextDecoder().decode(stdout).trim();
  return limit === "unlimited" ? Infinity : Number(limit) - OWN_FILES;
}

/** Returns the number of files that a process has open; undefined on systems without /proc. */
export async function openFiles(pid: number): Promise<number | undefined> {
  const command = new Deno.Command("ls", { args: ["-U", `/proc/${pid}/fd`], stderr: "null" });
  const { success, stdout } = await command.output();
  return success ? new TextDecoder().decode(stdout).split("\n").length - 1 : undefined;
}
