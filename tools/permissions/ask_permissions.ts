import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");
const PROBE = "tools/permissions/probe.ts";

/** What came of each attempt of probe.ts, by its name. */
export type Outcomes = Readonly<Record<string, string>>;

/** What a program may do that is run with a permission set of deno.json, as {@link PROBE} finds out by trying. */
export async function askPermissionSet(set: string): Promise<Outcomes> {
  return await ask(Deno.execPath(), ["run", "-q", `-P=${set}`, PROBE], { cwd: ROOT });
}

/** What an executable may do that is compiled as the service's is. @param deno A Deno that has a runtime to compile with. */
export async function askExecutable(deno: string): Promise<Outcomes> {
  const folder = await Deno.makeTempDir({ prefix: "archway_probe_" });
  try {
    const executable = join(folder, "probe");
    const args = ["compile", "-q", "-P", "--no-lock", "--no-check", "--output", executable, PROBE];
    const { code, stderr } = await new Deno.Command(deno, { args, cwd: ROOT }).output();
    if (code !== 0) throw new Error(`Compiling the probe failed: ${new TextDecoder().decode(stderr)}`);
    return await ask(executable, [], { cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function ask(
  program: string,
  args: readonly string[],
  { cwd }: { readonly cwd: string },
): Promise<Outcomes> {
  const output = await new Deno.Command(program, {
    args: [...args, "PROBED_SECRET", "PORT"],
    cwd,
    // What Deno needs to find its own files is inherited.
    env: { PROBED_SECRET: "planted", PORT: "0", NO_COLOR: "1", DENO_NO_PROMPT: "0" },
    stdin: "null",
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (output.code !== 0 || !stdout) throw new Error(`Asking for permissions failed: ${stderr}`);
  return JSON.parse(stdout);
}
