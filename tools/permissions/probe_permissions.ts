import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");
const PROBE = "tools/permissions/probe.ts";

/** Outcomes of the attempts of probe.ts by name. */
export type Outcomes = Readonly<Record<string, string>>;

/** Runs {@link PROBE} with a permission set of deno.json. */
export async function probePermissionSet(set: string): Promise<Outcomes> {
  return await runProbe(Deno.execPath(), ["run", "-q", `-P=${set}`, PROBE], { cwd: ROOT });
}

/**
 * Runs the probe compiled like the service.
 *
 * @param deno Path of a Deno that can compile.
 * @throws {Error} if it does not compile.
 */
export async function probeExecutable(deno: string): Promise<Outcomes> {
  const folder = await Deno.makeTempDir({ prefix: "archway_probe_" });
  try {
    const executable = join(folder, "probe");
    const args = ["compile", "-q", "-P", "--no-lock", "--no-check", "--output", executable, PROBE];
    const { code, stderr } = await new Deno.Command(deno, { args, cwd: ROOT }).output();
    if (code !== 0) throw new Error(`Compiling the probe failed: ${new TextDecoder().decode(stderr)}`);
    return await runProbe(executable, [], { cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runProbe(
  program: string,
  args: readonly string[],
  { cwd }: { readonly cwd: string },
): Promise<Outcomes> {
  const output = await new Deno.Command(program, {
    args: [...args, "PROBED_SECRET", "PORT"],
    cwd,
    // The environment is inherited for variables that Deno itself needs.
    env: { PROBED_SECRET: "planted", PORT: "0", NO_COLOR: "1", DENO_NO_PROMPT: "0" },
    stdin: "null",
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (output.code !== 0 || !stdout) throw new Error(`Running the probe failed: ${stderr}`);
  return JSON.parse(stdout);
}
