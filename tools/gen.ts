import { resolve } from "node:path";
import { GenerationError } from "./oapi_codegen/fault.ts";
import { generateAll } from "./oapi_codegen/generate_all.ts";
import { writeGenerated } from "./oapi_codegen/write_generated.ts";

/** `deno task gen`: writes api/ for every oapi/cfg.server.<name>.yaml, once all of it could be generated. */
async function gen(): Promise<void> {
  const all = await generateAll(resolve(import.meta.dirname ?? ".", "../oapi"));
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
