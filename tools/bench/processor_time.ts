/** Clock ticks per second in /proc, the same on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Returns the processor time that a process has used so far, user and system, in microseconds; undefined on systems
 * without /proc, which Deno itself reads only for programs with all permissions.
 */
export async function processorTime(pid: number): Promise<number | undefined> {
  const command = new Deno.Command("cat", { args: [`/proc/${pid}/stat`], stderr: "null" });
  const { success, stdout } = await command.output();
  if (!success) return undefined;
  const text = new TextDecoder().decode(stdout);
  // The second field is the name in parentheses, which may contain spaces; utime and stime are the 14th and the 15th.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1_000_000 / TICKS_PER_SECOND;
}
