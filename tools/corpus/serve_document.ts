import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { formatWarnings } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { writeGenerated } from "../oapi_codegen/write_generated.ts";
import { generateDocument } from "./generate_document.ts";
import { type GeneratedApi, serveGenerated } from "./serve_generated.ts";

/** Server of a document, whose handlers all respond 501. */
export interface ServedDocument extends AsyncDisposable {
  readonly url: string;
  readonly warnings: readonly string[];
}

/**
 * Generates the code of a document in a folder of its own, and serves it until it is disposed of.
 *
 * @throws {GenerationError} with all errors of the document
 */
export async function serveDocument(path: string): Promise<ServedDocument> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = await Deno.makeTempDir({ prefix: "archway_corpus_" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const generated = await generateDocument({ document: resolve(path), folder });
    await writeGenerated(generated);
    const api: GeneratedApi = await import(pathToFileURL(join(folder, "api", "server.gen.ts")).href);
    const server = stack.use(serveGenerated(api));
    const { url } = await server.listen();
    return {
      url,
      warnings: formatWarnings(generated.warnings),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
