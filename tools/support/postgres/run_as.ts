/** The user that a program runs as. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Runs a program to its end, in an environment of its own; rejects when its exit code is not 0. */
export async function runAs(owner: Owner | undefined, program: string, args: string[]): Promise<void> {
  const command = new Deno.Command(program, {
    args,
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" },
    clearEnv: true,
    cwd: "/",
    // What it leaves in the background would hold a pipe open for ever.
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...owner,
  });
  const { code } = await command.output();
  if (code !== 0) throw new Error(`${program.slice(program.lastIndexOf("/") + 1)} ended with code ${code}`);
}
