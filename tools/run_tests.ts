import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findTests, groupTests } from "./group_tests.ts";
import { runTask } from "./run_task.ts";
import { exists } from "./support/exists.ts";

/** Flags of `deno test` whose value may be an argument of its own, as in --filter "name of a test". */
const WITH_VALUE = new Set([
  ...[
    "--cert",
    "--conditions",
    "--config",
    "-c",
    "--coverage-threshold",
    "--ext",
    "--filter",
    "--import-map",
  ],
  ...["--junit-path", "--location", "--min-dep-age", "--preload", "--related", "--repeats", "--reporter"],
  ...["--require", "--retry", "--seed", "--shard"],
]);

/** Number of groups to run at a time, two for each processor: tests wait for databases and timers for long. */
const JOBS = 2 * navigator.hardwareConcurrency;

/**
 * Runs the tests of files, folders and patterns, or all, with the flags of `deno test`, and returns its exit code. Files
 * are loaded in groups: for most of them, loading takes longer than their tests.
 */
async function main(args: readonly string[]): Promise<number> {
  const [ignored, selected, flags]: [string[], string[], string[]] = [[], [], []];
  for (const [index, arg] of args.entries()) {
    if (arg.startsWith("--ignore=")) ignored.push(...arg.slice("--ignore=".length).split(","));
    else if (arg.startsWith("-") || WITH_VALUE.has(args[index - 1] ?? "")) flags.push(arg);
    else if (arg.includes("*") || await exists(arg)) selected.push(arg);
    else throw new NoTestsError(`${arg} does not exist`);
  }
  const tests = await findTests(Deno.cwd(), { selected, ignored });
  if (tests.length === 0) throw new NoTestsError("No tests found");
  await Deno.mkdir("dist", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: "dist", prefix: "tests_" });
  // The tests receive it, too, and end.
  Deno.addSignalListener("SIGINT", () => {});
  try {
    const groups = groupTests(tests).map((group, index) => writeGroup(group, { folder, index }));
    return await runDeno(["test", "-P", "--no-check", "--parallel", ...flags, ...await Promise.all(groups)]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a module that imports the files of a group, and returns its path. A single file is its own module. */
async function writeGroup(
  group: readonly string[],
  { folder, index }: { readonly folder: string; readonly index: number },
): Promise<string> {
  const [first = "", last = first] = [group[0], group.at(-1)];
  if (last === first) return first;
  const path = join(folder, `${String(index + 1).padStart(3, "0")}_${first.replace(/\/.*/, "")}.ts`);
  const imports = group.map((test) => `import ${JSON.stringify(pathToFileURL(test).href)};\n`);
  await Deno.writeTextFile(path, imports.join(""));
  return path;
}

async function runDeno(args: readonly string[]): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { DENO_JOBS: String(JOBS), DENO_V8_FLAGS: "--liftoff-only" },
    ...{ stdin: "null", stdout: "inherit", stderr: "inherit" },
  });
  return (await command.output()).code;
}

class NoTestsError extends Error {}

await runTask(main, { expected: [NoTestsError] });
