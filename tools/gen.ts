import { resolve } from "node:path";
import { DOCUMENT_FOLDERS } from "./oapi_codegen/document_folders.ts";
import { formatWarnings, GenerationError } from "./oapi_codegen/diagnostics.ts";
import { generateAll } from "./oapi_codegen/generate_all.ts";
import { writeGenerated } from "./oapi_codegen/write_generated.ts";

/** `deno task gen`: writes the code of every cfg.server.<name>.yaml, all or none. */
async function gen(): Promise<void> {
  const folders = DOCUMENT_FOLDERS.map((folder) => resolve(import.meta.dirname ?? ".", "..", folder));
  const all = await generateAll(folders);
  for (const generated of all) await writeGenerated(generated);
  await report(formatWarnings(all.flatMap(({ warnings }) => warnings)));
}

async function report(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await Deno.stderr.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

if (import.meta.main) {
  try {
    await gen();
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    await report([error.message]);
    Deno.exitCode = 1;
  }
}
