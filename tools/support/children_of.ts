/** Returns the ids of the processes that a process has started. */
export async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "pid=,ppid="] }).output();
  const rows = new TextDecoder().decode(stdout).trim().split("\n").map((row) =>
    row.trim().split(/\s+/).map(Number)
  );
  return rows.flatMap(([pid, ppid]) => ppid === parent && pid !== undefined ? [pid] : []);
}
