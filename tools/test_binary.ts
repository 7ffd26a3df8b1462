import { basename, join } from "node:path";
import { print } from "@archway/program/print.ts";
import { project } from "../config.ts";
import { compileFlags } from "./compile_flags.ts";
import { compileArguments } from "./compile_targets.ts";
import { runTask } from "./run_task.ts";
import { FIXTURE_PROGRAM } from "./support/program.ts";

/** Executable with or without the embedded database. */
interface Flavour {
  readonly name: "full" | "server";
  /** Added to the names of its files. */
  readonly suffix: string;
  /** Tests that are run with it. */
  readonly tests: readonly string[];
}

/** Absent in projects that are deployed otherwise. */
const CONTAINER = "deployment/container/*_slow_test.ts";

/** Follows a page from source, without an executable; `test:slow` has it. */
const IGNORED = "--ignore=**/e2e/first_hour_test.ts";

/**
 * The one without the embedded database runs tests of every command and of what differs; the modules are the same, so that
 * all of them twice would find nothing more.
 */
const FLAVOURS: readonly Flavour[] = [
  {
    name: "full",
    suffix: "",
    tests: [
      "tests/e2e/**/*_test.ts",
      "*_service/e2e/**/*_test.ts",
      CONTAINER,
    ],
  },
  {
    name: "server",
    suffix: "-server",
    tests: [
      ...[
        "auth",
        "commands",
        "conform_command",
        "database_url",
        "db_status",
        "faces",
        "healthcheck",
        "keys",
        "lambda",
        "limits",
        "listener",
      ],
      ...["migrate", "openapi_command", "permissions", "service_command", "telemetry", "workers"],
    ].map((name) => `tests/e2e/${name}_test.ts`).concat(
      "*_service/e2e/{payment,export,seed}_test.ts",
      CONTAINER,
    ),
  },
];

/** Programs by their executable's variable in the tests. */
const PROGRAMS = {
  TEST_EXECUTABLE: { main: "main.ts", file: "services.ts", output: project.name },
  TEST_FIXTURE_EXECUTABLE: {
    main: FIXTURE_PROGRAM,
    file: FIXTURE_PROGRAM.replace("main.ts", "services.ts"),
    output: `${project.name}_fixture`,
  },
} as const;

const USAGE = `Usage: deno task test:binary [full | server] [<test file> …]

Compiles the executables into dist/, copies each alone into a directory, and runs the tests of processes with them.
DENO_COMPILE names another Deno to compile with, DENORT_BIN a runtime that it uses instead of downloading one.
`;

/** Compiles the program and that of the tests in a flavour, runs the tests with them, and returns the exit code. */
async function testFlavour({ name, suffix, tests }: Flavour, files: readonly string[]): Promise<number> {
  const alone = await Deno.makeTempDir({ prefix: `${project.name}_binary_` });
  try {
    const env: Record<string, string> = { TEST_FLAVOUR: name };
    await Promise.all(
      Object.entries(PROGRAMS).map(async ([variable, { main, file, output }]) => {
        const compiled = join("dist", output + suffix);
        await compile(main, { file, compiled, embedded: name === "full" });
        // In a directory of its own, so that it cannot use any other file.
        const folder = join(alone, variable);
        await Deno.mkdir(folder);
        env[variable] = join(folder, output);
        await Deno.copyFile(compiled, env[variable]);
      }),
    );
    await print(Deno.stdout, `== ${name}: ${basename(PROGRAMS.TEST_EXECUTABLE.output + suffix)}\n`);
    const args = ["test", "-P", "--no-check", "--parallel", IGNORED, ...(files.length > 0 ? files : tests)];
    return await run(Deno.execPath(), args, env);
  } finally {
    await Deno.remove(alone, { recursive: true });
  }
}

/** Compiles a program. Throws an error if that fails, whose output was shown. */
async function compile(
  main: string,
  { compiled, ...program }: { readonly file: string; readonly embedded: boolean; readonly compiled: string },
): Promise<void> {
  const flags = await compileFlags(program);
  // As a release compiles it, so that this command line is tested, too.
  const args = compileArguments({
    target: Deno.build.target,
    flags: ["--no-check", ...flags],
    main,
    output: compiled,
  });
  const code = await run(Deno.env.get("DENO_COMPILE") ?? Deno.execPath(), args);
  if (code !== 0) throw new CompileError(`deno compile failed for ${compiled}, with exit code ${code}`);
}

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  const streams = { stdin: "null", stdout: "inherit", stderr: "inherit" } as const;
  return (await new Deno.Command(program, { args: [...args], env, ...streams }).output()).code;
}

class CompileError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg.startsWith("-"))) {
    await print(Deno.stdout, USAGE);
    return args.includes("--help") ? 0 : 2;
  }
  const [first] = args;
  const only = FLAVOURS.filter(({ name }) => name === first);
  const files = only.length > 0 ? args.slice(1) : args;
  const codes: number[] = [];
  for (const flavour of only.length > 0 ? only : FLAVOURS) codes.push(await testFlavour(flavour, files));
  return Math.max(...codes);
}

await runTask(main, { expected: [CompileError] });
