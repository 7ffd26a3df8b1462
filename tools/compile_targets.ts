import { project } from "../config.ts";

/** Targets of `deno compile` that releases have. */
export const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/** Returns the arguments of `deno compile` for a target. */
export function compileArguments(target: string, flags: string): readonly string[] {
  const output = `dist/${project.name}-${target}`;
  // Only on Linux several processes can serve, and so need permission to start each other.
  const set = target.includes("linux") ? "workers" : "default";
  return [
    "compile",
    "-q",
    `-P=${set}`,
    ...flags.split(" "),
    "--target",
    target,
    "--output",
    output,
    "main.ts",
  ];
}

/** `deno task compile:all`: compiles the program for every target; ends at the first failure. */
async function main(): Promise<void> {
  const deno = async (args: readonly string[]): Promise<string> => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [...args],
      stderr: "inherit",
    }).output();
    if (code !== 0) Deno.exit(code);
    return new TextDecoder().decode(stdout);
  };
  const flags = await deno(["run", "-q", "-P=bench", "tools/compile_flags.ts"]);
  for (const target of TARGETS) await deno(compileArguments(target, flags));
}

if (import.meta.main) await main();
