/** How Deno ended. */
export interface DenoEnding {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how Deno runs. */
export interface RunDenoOptions {
  readonly cwd: string;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the Deno of the search path to its end, without colours. */
export async function runDeno(args: readonly string[], { cwd, env }: RunDenoOptions): Promise<DenoEnding> {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [...args],
    cwd,
    env: { ...env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out ?? "", stderr: err ?? "" };
}
