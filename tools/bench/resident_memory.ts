/**
 * Returns the resident memory of a process in megabytes of 2^20 bytes, as `ps` reports it; undefined without `ps`.
 * Linux has it in /proc/<pid>/status too, which Deno reads only for programs with all permissions.
 */
export async function residentMegabytes(pid: number): Promise<number | undefined> {
  const command = new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)], stderr: "null" });
  const output = await command.output().catch(() => undefined);
  const kilobytes = Number.parseInt(new TextDecoder().decode(output?.stdout), 10);
  return Number.isNaN(kilobytes) ? undefined : kilobytes / 1024;
}
