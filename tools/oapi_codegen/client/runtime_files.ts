import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname ?? ".", "runtime");

/** Returns the files that all clients share, by name: those of runtime/, with the names of generated files. */
export async function runtimeFiles(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".ts") && !name.endsWith("_test.ts"));
  return new Map(
    await Promise.all(
      names.sort().map(async (name) => {
        const text = await readFile(join(FOLDER, name), "utf8");
        const header = `// Code generated from tools/oapi_codegen/client/runtime/${name}; DO NOT EDIT.\n`;
        return [
          name.replace(/\.ts$/, ".gen.ts"),
          header + text.replaceAll(/ from "(\.\/\w+)\.ts";/g, ' from "$1.gen.ts";'),
        ] as const;
      }),
    ),
  );
}
