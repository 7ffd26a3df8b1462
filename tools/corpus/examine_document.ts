import { basename, dirname, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  type Diagnostic,
  DiagnosticList,
  formatWarnings,
  GenerationError,
} from "../oapi_codegen/diagnostics/diagnostics.ts";
import { bundleDocument } from "../oapi_codegen/document/bundle_document.ts";
import { diskFolder } from "../oapi_codegen/document/sources/document_folder.ts";
import { textMember } from "../oapi_codegen/document/json_value.ts";
import type { OperationModel } from "../oapi_codegen/operations/model.ts";
import { readOperations } from "../oapi_codegen/operations/operations.ts";
import { parseYaml } from "../oapi_codegen/syntax/parse_yaml.ts";
import { References } from "../oapi_codegen/document/references.ts";
import { writeGenerated } from "../oapi_codegen/write_generated.ts";
import { countOperations } from "./count_operations.ts";
import type { CorpusError, OperationProbe, ReportPart } from "./document_report.ts";
import { type DocumentTask, generateDocument } from "./generate_document.ts";
import { probeOperation } from "./probe_operation.ts";
import { type GeneratedApi, serveGenerated } from "./serve_generated.ts";

/** Task of the process that examines one document, as JSON in its only argument. */
export interface ExamineTask extends DocumentTask {
  readonly boot: boolean;
}

/** Generates, counts, serves and probes one document; reports each part as soon as it is known. */
async function examine({ document, folder, boot }: ExamineTask): Promise<void> {
  const warnings = await generateCode({ document, folder });
  const { references, models, version } = await readModels(document);
  await report({ counts: countOperations(references, { models, version, warnings }) });
  if (!boot) return;
  const api: GeneratedApi = await import(pathToFileURL(join(folder, "api", "server.gen.ts")).href);
  await using server = serveGenerated(api);
  const { url } = await server.listen();
  const probes: OperationProbe[] = [];
  for (const model of models) {
    const operation = api.operationDescriptors[model.operationId];
    if (operation !== undefined) probes.push(await probeOperation({ model, operation, references }, url));
  }
  await report({ probes });
}

/** Generates and writes the code; returns the warnings. */
async function generateCode({ document, folder }: DocumentTask): Promise<readonly Diagnostic[]> {
  const start = performance.now();
  const generated = await generateDocument({ document, folder });
  const seconds = (performance.now() - start) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  await writeGenerated(generated);
  const lines = [...generated.files.values()].reduce((sum, text) => sum + text.split("\n").length - 1, 0);
  await report({ generation: { seconds, megabytes, lines, warnings: formatWarnings(generated.warnings) } });
  return generated.warnings;
}

interface ReadModels {
  readonly references: References;
  readonly models: readonly OperationModel[];
  /** Version of OpenAPI, as the document says it. */
  readonly version: string;
}

/** Reads the operations as the generator does. */
async function readModels(path: string): Promise<ReadModels> {
  const text = await Deno.readTextFile(path);
  const { document, diagnostics } = await bundleDocument(text, {
    file: basename(path),
    folder: diskFolder(dirname(path)),
  });
  const references = new References(document, diagnostics);
  const models = readOperations(references, { defaultSecurity: "none" });
  const written = parseYaml(text, new DiagnosticList(basename(path)));
  return { references, models, version: textMember(written, "openapi") ?? "" };
}

async function report(part: ReportPart): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(part)}\n`));
}

/** Kind of a message: its text without the names in it and without what it suggests. */
function kindOf(message: string): string {
  return message.replace(/; (?:did you mean|the document has|expected) .*/, "").replaceAll(/"[^"]*"/g, "…");
}

function errorsOf(error: unknown): readonly CorpusError[] {
  if (error instanceof GenerationError) {
    return error.diagnostics.map(({ at, line, message }) => ({
      kind: kindOf(message),
      detail: `${line ?? ""}#${at}: ${message}`,
    }));
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  return [{ kind: `defect: ${text.split("\n")[0]}`, detail: text }];
}

if (import.meta.main) {
  try {
    const task: ExamineTask = JSON.parse(Deno.args[0] ?? "{}");
    await examine(task);
  } catch (error) {
    await report({ errors: errorsOf(error) });
    Deno.exitCode = 1;
  }
}
