/**
 * Returns the number of open files and sockets of a process; undefined without /proc. Uses `ls`, since Deno only allows
 * programs with all permissions to read /proc.
 */
export async function countOpenFiles(pid: number): Promise<number | undefined> {
  const command = new Deno.Command("ls", { args: [`/proc/${pid}/fd`], stdout: "piped", stderr: "null" });
  const { success, stdout } = await command.output();
  return success ? new TextDecoder().decode(stdout).trim().split("\n").length : undefined;
}
