/** Clock ticks per second in /proc, the same on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Returns the processor time that a process has used so far, user and system, in microseconds; undefined on systems
 * without /proc, which Deno itself reads only for programs with all permissions.
 */
export async function processorTime(pid: number): Promise<number | undefined> {
  const times = await fieldsOf([pid]);
  return times.length === 0 ? undefined : sum(times, [USER, SYSTEM]);
}

/** Returns the same of a process and its children, also those that have ended and were waited for. */
export async function familyProcessorTime(pid: number): Promise<number | undefined> {
  const children = await readFiles([`/proc/${pid}/task/${pid}/children`]);
  const pids = children.join("").trim().split(" ").filter((text) => text !== "").map(Number);
  const [own, ...others] = await fieldsOf([pid, ...pids]);
  if (own === undefined) return undefined;
  return sum([own], [USER, SYSTEM, ENDED_USER, ENDED_SYSTEM]) + sum(others, [USER, SYSTEM]);
}

/** Positions of the times after the name of a process in /proc/<pid>/stat: utime, stime, cutime, cstime. */
const [USER, SYSTEM, ENDED_USER, ENDED_SYSTEM] = [11, 12, 13, 14] as const;

function sum(processes: readonly (readonly string[])[], fields: readonly number[]): number {
  const ticks = processes.flatMap((values) => fields.map((field) => Number(values[field])));
  return ticks.reduce((total, each) => total + each, 0) * 1_000_000 / TICKS_PER_SECOND;
}

async function fieldsOf(pids: readonly number[]): Promise<readonly (readonly string[])[]> {
  const lines = await readFiles(pids.map((pid) => `/proc/${pid}/stat`));
  // The second field is the name in parentheses, which may contain spaces.
  return lines.map((line) => line.slice(line.lastIndexOf(")") + 2).split(" "));
}

/** Returns the lines of files that exist. */
async function readFiles(paths: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command("cat", { args: [...paths], stderr: "null" }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}
