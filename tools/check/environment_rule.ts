import { join } from "node:path/posix";

/** Who may look at the environment: the root, what only developers run, and tests. */
const MAY_READ = /^(main\.ts|tools\/.*|.*_test\.ts|.*\/testing\/.*)$/;

/** Every other file that looks at the environment, as a line for people. */
export async function environmentReaders(root: string, files: Iterable<string>): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const file of files) {
    if (MAY_READ.test(file)) continue;
    const lines = (await Deno.readTextFile(join(root, file))).split("\n");
    lines.forEach((line, index) => {
      if (/\bDeno\.env\b|\bprocess\.env\b/.test(line.replace(/\/\/.*|^\s*\/?\*.*/, ""))) {
        broken.push(`${file}:${index + 1}: main.ts alone reads the environment`);
      }
    });
  }
  return broken;
}
