import { project } from "../config.ts";
import { compileFlags } from "./compile_flags.ts";

/** Targets of `deno compile` that releases have. */
const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/** Program that is compiled for a target. */
interface Compilation {
  readonly target: string;
  /** Flags that {@link compileFlags} returns, and others. */
  readonly flags: readonly string[];
  /** @default main.ts */
  readonly main?: string;
  /** File of the executable. @default that of the target in dist/ */
  readonly output?: string;
}

/** Returns the arguments of `deno compile` for a program. */
export function compileArguments(
  { target, flags, main = "main.ts", output = `dist/${project.name}-${target}` }: Compilation,
): readonly string[] {
  // Only on Linux several processes can serve, and so need permission to start each other.
  const set = target.includes("linux") ? "workers" : "default";
  return ["compile", "-q", `-P=${set}`, ...flags, "--target", target, "--output", output, main];
}

/** `deno task compile:all`: compiles the program for every target; ends at the first failure. */
async function main(): Promise<void> {
  const flags = await compileFlags({ embedded: true });
  for (const target of TARGETS) {
    const args = [...compileArguments({ target, flags })];
    const { code } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn().status;
    if (code !== 0) Deno.exit(code);
  }
}

if (import.meta.main) await main();
