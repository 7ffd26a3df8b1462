import { childrenOf } from "../support/children_of.ts";

/**
 * Restricts processes, with their threads and children, to a processor: as if they ran on a machine of their own. Returns
 * whether it could, which needs `taskset` and more than one processor.
 */
export async function pinProcesses(pids: readonly number[], processor: number): Promise<boolean> {
  if (navigator.hardwareConcurrency <= processor) return false;
  const all = [...pids, ...(await Promise.all(pids.map(childrenOf))).flat()];
  const results = await Promise.all(
    all.map((pid) =>
      new Deno.Command("taskset", {
        args: ["--all-tasks", "--cpu-list", "--pid", String(processor), String(pid)],
        stdout: "null",
        stderr: "null",
      }).output().then(({ success }) => success, () => false)
    ),
  );
  return results.slice(0, pids.length).every(Boolean);
}
