import { childEnvironment } from "../child_process.ts";

/** Options of {@link runProgram}. */
interface RunOptions {
  readonly cwd?: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end and returns its trimmed output.
 *
 * @throws {Error} if it is missing or fails, with the end of what it wrote.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, signal }: RunOptions,
): Promise<string> {
  const options = { clearEnv: true, env: childEnvironment(), signal, ...cwd !== undefined && { cwd } };
  const name = program.split("/").at(-1);
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args: [...args], ...options }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Error(`${name} is not installed`, { cause: error });
    throw error;
  }
  const [stdout, stderr] = [output.stdout, output.stderr].map((text) =>
    new TextDecoder().decode(text).trim()
  );
  if (output.success) return stdout ?? "";
  throw new Error(`${name} ${args[0] ?? ""} failed: ${`${stdout}\n${stderr}`.trim().slice(-500)}`);
}
