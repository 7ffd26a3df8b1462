import { resolve } from "node:path";
import { DOCUMENT_FOLDERS } from "./oapi_codegen/document_folders.ts";
import { GenerationError } from "./oapi_codegen/diagnostics.ts";
import { generateAll } from "./oapi_codegen/generate_all.ts";
import { writeGenerated } from "./oapi_codegen/write_generated.ts";

/** `deno task gen`: writes the code of every cfg.server.<name>.yaml, all or none. */
async function gen(): Promise<void> {
  const folders = DOCUMENT_FOLDERS.map((folder) => resolve(import.meta.dirname ?? ".", "..", folder));
  for (const generated of await generateAll(folders)) await writeGenerated(generated);
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
