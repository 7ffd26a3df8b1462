import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { GenerationError } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { runTask } from "../run_task.ts";
import { type CorpusOptions, CorpusOptionsError, parseCorpusOptions } from "./corpus_options.ts";
import { corpusText, passed } from "./corpus_table.ts";
import type { DocumentReport } from "./document_report.ts";
import { findDocuments } from "./find_documents.ts";
import { runDocument } from "./run_document.ts";
import { serveDocument } from "./serve_document.ts";
import { API_NAME } from "./serve_generated.ts";
import { syntheticDocument } from "./synthetic_document.ts";

/** `deno task corpus <folder>`: tries the generator on every OpenAPI document below a folder; 1 if any fails. */
async function main(args: readonly string[]): Promise<number> {
  const { folder, synthetic, ...options } = parseCorpusOptions(args);
  if (folder !== undefined) return await examineFolder(folder, options);
  const generated = await Deno.makeTempDir({ prefix: "archway_corpus_" });
  try {
    for (const count of synthetic) {
      const path = join(generated, `${String(count).padStart(5, "0")}_operations.json`);
      await Deno.writeTextFile(path, JSON.stringify(syntheticDocument(count)));
    }
    return await examineFolder(generated, options);
  } finally {
    await Deno.remove(generated, { recursive: true });
  }
}

async function examineFolder(
  folder: string,
  { only = "", json, check, boot, serve }: Omit<CorpusOptions, "folder" | "synthetic">,
): Promise<number> {
  const paths = (await findDocuments(folder)).filter((path) => path.slice(folder.length).includes(only));
  if (paths.length === 0) {
    throw new CorpusOptionsError("There is no OpenAPI document of that name in the folder");
  }
  if (serve) return await serveOnly(paths);
  const reports: DocumentReport[] = [];
  for (const path of paths) {
    await print(Deno.stderr, `${path}\n`);
    reports.push(await runDocument(path, { check, boot }));
  }
  await print(Deno.stdout, corpusText(reports));
  if (json !== undefined) await Deno.writeTextFile(json, `${JSON.stringify(reports, null, 2)}\n`);
  return reports.every(passed) ? 0 : 1;
}

/** Serves the only document until the task is interrupted. */
async function serveOnly([path, ...others]: readonly string[]): Promise<number> {
  if (path === undefined || others.length > 0) {
    throw new CorpusOptionsError("--serve serves one document; choose it by --only <name>");
  }
  const interrupted = Promise.withResolvers<void>();
  Deno.addSignalListener("SIGINT", interrupted.resolve);
  try {
    await using served = await serveDocument(path);
    for (const warning of served.warnings) await print(Deno.stderr, `${warning}\n`);
    await print(Deno.stdout, `${served.url}/openapi/${API_NAME}.json\n`);
    await interrupted.promise;
    return 0;
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    await print(Deno.stderr, `${error.message}\n`);
    return 1;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupted.resolve);
  }
}

if (import.meta.main) await runTask(main, { expected: [CorpusOptionsError], exitCode: 2 });
