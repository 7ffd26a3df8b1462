/** User that runs a program. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Runs a program with a minimal environment. Rejects when the exit code is not 0. */
export async function runAs(owner: Owner | undefined, program: string, args: string[]): Promise<void> {
  const command = new Deno.Command(program, {
    args,
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" },
    clearEnv: true,
    cwd: "/",
    // A background process would keep a pipe open indefinitely.
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...owner,
  });
  const { code } = await command.output();
  if (code !== 0) throw new Error(`${program.slice(program.lastIndexOf("/") + 1)} exited with code ${code}`);
}
