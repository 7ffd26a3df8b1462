import type { Machine } from "./peers_report.ts";

/** Returns the machine that this program runs on. */
export async function machineOf(): Promise<Machine> {
  const { os, arch } = Deno.build;
  // Deno itself reads /proc only for programs with all permissions.
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/cpuinfo"], stderr: "null" }).output();
  const [, model] = /^model name\s*:\s*(.+)$/m.exec(new TextDecoder().decode(stdout)) ?? [];
  return {
    system: `${os[0]?.toUpperCase()}${os.slice(1)} on ${arch}`,
    processor: model?.trim() ?? arch,
    cores: navigator.hardwareConcurrency,
  };
}
