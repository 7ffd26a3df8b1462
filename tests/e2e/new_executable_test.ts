import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program } from "@archway/tools/support/program.ts";
import { startLoad } from "@archway/tools/support/request_load.ts";

/** Executable of the fixture program; from source there is no file to replace, or to run as another user. */
const EXECUTABLE = Deno.env.get("TEST_FIXTURE_EXECUTABLE") ?? "";

const ignore = Deno.build.os !== "linux" || EXECUTABLE === "";

/** Copy of the executable in a folder of its own, and the environment of processes that use a database of their own. */
interface Setup extends AsyncDisposable {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function setUp(): Promise<Setup> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await useTestDatabase());
  // Not in /tmp: the program may not write above an executable that it may run, but needs a folder for its sockets.
  const folder = await Deno.makeTempDir({ prefix: "archway_executable_", dir: "/var/tmp" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  // Another user runs it, too.
  await Deno.chmod(folder, 0o755);
  const path = join(folder, "archway");
  await Deno.copyFile(EXECUTABLE, path);
  await Deno.chmod(path, 0o755);
  const kept = stack.move();
  return {
    path,
    environment: {
      ...postgresEnvironment(database.instance),
      ...{ MIGRATE_ON_START: "true", WORKERS: "2", SLOW_CLIENT_GUARD: "on" },
      PATH: `${folder}:${Deno.env.get("PATH")}`,
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Returns the output of a command of the system. */
async function output(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args: [...args] }).output();
  return new TextDecoder().decode(stdout);
}

/** Returns the process ids of the processes that a program has started. */
async function processesOf({ pid }: Program): Promise<readonly number[]> {
  return (await output("pgrep", "-P", `${pid}`)).split("\n").filter((line) => line !== "").map(Number);
}

/** Returns the inode of a file. */
async function inodeOf(path: string): Promise<number> {
  return Number(await output("stat", "-L", "-c", "%i", path));
}

Deno.test({
  name: "archway with WORKERS runs a new executable after SIGHUP, and loses no request meanwhile",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    const { path } = setup;
    await using program = new Program(setup.environment, [], { executable: path });
    await program.url;
    await program.untilWrittenTimes('"body":"Server is listening', 2);
    const old = await inodeOf(path);
    const load = startLoad("kept", `${await program.url}/v1/contacts`);
    await load.started;
    await Deno.copyFile(EXECUTABLE, `${path}.new`);
    await Deno.chmod(`${path}.new`, 0o755);
    await Deno.rename(`${path}.new`, path);
    const replaced = await inodeOf(path);
    program.signal("SIGHUP");
    await program.untilWrittenTimes('"body":"Replaced all processes"', 1);
    const inodes = await Promise.all(
      [program.pid, ...await processesOf(program)].map((pid) => inodeOf(`/proc/${pid}/exe`)),
    );
    assertEquals(inodes, [old, replaced, replaced]);
    const { succeeded, failures } = await load.end();
    assertEquals([failures, succeeded > 0], [{}, true]);
    assertEquals((await program.stop()).code, 0);
  },
});

Deno.test({
  name: "archway with WORKERS serves on while the process table is full, and starts a process once it is not",
  // The limit of processes does not apply to root, who alone can run the program as another user.
  ignore: ignore || Deno.uid() !== 0,
  async fn(): Promise<void> {
    await using setup = await setUp();
    const script = `${setup.path}_as_nobody`;
    const user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    await Deno.writeTextFile(script, `#!/bin/sh\nexec setpriv ${user.join(" ")} "${setup.path}" "$@"\n`);
    await Deno.chmod(script, 0o755);
    await using program = new Program(setup.environment, [], { executable: script });
    await program.url;
    await program.untilWrittenTimes('"body":"Server is listening', 2);
    const limitProcesses = (limit: string): Promise<string> =>
      output("setpriv", ...user, "prlimit", "--pid", `${program.pid}`, `--nproc=${limit}:`);
    await limitProcesses("1");
    const [, last = 0] = await processesOf(program);
    Deno.kill(last, "SIGKILL");
    for (const delay of [200, 400]) {
      await program.untilMatch(
        new RegExp(
          `could not be started; trying again in ${delay} ms: .*Resource temporarily unavailable.*\n`,
        ),
        "stderr",
      );
    }
    const response = await fetch(`${await program.url}/livez`);
    await response.body?.cancel();
    assertEquals(response.status, 200);
    await limitProcesses("10000");
    await program.untilWrittenTimes('"body":"Server is listening', 3);
    assertEquals((await program.stop()).code, 0);
  },
});
