/** Child process that runs a TypeScript module and can be killed. */
export interface SpawnedProgram extends AsyncDisposable {
  /** Returns the next line of its output; undefined at the end. */
  line(): Promise<string | undefined>;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Waits for its end and returns the exit code and its stderr. */
  ended(): Promise<{ readonly code: number; readonly errors: string }>;
}

const config = new URL("../../../deno.json", import.meta.url).pathname;

/** Runs the text of a TypeScript module with additional environment variables. Its imports must be absolute. */
export async function spawnProgram(text: string, env: Record<string, string> = {}): Promise<SpawnedProgram> {
  const args = ["run", "-A", "--quiet", "--no-check", "--ext=ts", "--config", config, "-"];
  const stdio = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(Deno.execPath(), { args, env, ...stdio }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const errors = new Response(child.stderr).text();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const program: SpawnedProgram = {
    async line(): Promise<string | undefined> {
      while (!rest.includes("\n")) {
        const { value, done } = await output.read();
        if (done) return undefined;
        rest += value;
      }
      const [first = "", ...others] = rest.split("\n");
      rest = others.join("\n");
      return first;
    },
    async kill(): Promise<void> {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has already ended.
      }
      await program.ended();
    },
    async ended(): Promise<{ readonly code: number; readonly errors: string }> {
      const { code } = await child.status;
      await output.cancel();
      return { code, errors: await errors };
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await program.kill();
    },
  };
  return program;
}
