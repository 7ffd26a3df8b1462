/** Result of a run of Deno. */
export interface DenoResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link runDeno}. */
export interface RunDenoOptions {
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `deno` from the search path, without colours, and waits for its end. */
export async function runDeno(args: readonly string[], { cwd, env }: RunDenoOptions): Promise<DenoResult> {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [...args],
    cwd,
    env: { ...env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out ?? "", stderr: err ?? "" };
}
