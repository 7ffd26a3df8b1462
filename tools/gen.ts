import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GenerationError } from "./oapi_codegen/fault.ts";
import { generate } from "./oapi_codegen/generate.ts";
import { writeGenerated } from "./oapi_codegen/write_generated.ts";

/** `deno task gen`: generates api/ for every oapi/cfg.server.<name>.yaml. Nothing is written unless all of it can be. */
async function gen(): Promise<void> {
  const folder = resolve(import.meta.dirname ?? ".", "../oapi");
  const names = (await readdir(folder)).filter((name) => /^cfg\.server\.[\w-]+\.yaml$/.test(name)).sort();
  const all = await Promise.all(names.map((name) => generate(join(folder, name))));
  for (const generated of all) await writeGenerated(generated);
}

if (import.meta.main) {
  try {
    await gen();
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    await Deno.stderr.write(new TextEncoder().encode(`${error.message}\n`));
    Deno.exitCode = 1;
  }
}
