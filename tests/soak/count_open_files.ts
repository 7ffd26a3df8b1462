/**
 * How many files, sockets among them, a process has open, by Linux' /proc; undefined where there is none. Deno itself
 * reads that only for programs that may do everything.
 */
export async function countOpenFiles(pid: number): Promise<number | undefined> {
  const command = new Deno.Command("ls", { args: [`/proc/${pid}/fd`], stdout: "piped", stderr: "null" });
  const { success, stdout } = await command.output();
  return success ? new TextDecoder().decode(stdout).trim().split("\n").length : undefined;
}
